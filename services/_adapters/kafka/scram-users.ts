import { pbkdf2 } from 'node:crypto'
import { promisify } from 'node:util'
import { fail } from '#core/failure.ts'
import type { Oin } from '#core/ids.ts'
import { partnerPrincipal } from './declaration.ts'
import { ask, type WireTarget } from './wire.ts'
import { WireReader, WireWriter } from './wire-bytes.ts'

const DESCRIBE = 50
const ALTER = 51
const SCRAM_SHA_512 = 2
/** Kafka takes 4,096 to 16,384; the passwords are 256 bits of chance, so that more protects nothing. */
const ITERATIONS = 8_192
const HASH_BYTES = 64
const SALT_BYTES = 32
const PASSWORD_BYTES = 32

const derive = promisify(pbkdf2)

interface Change {
  readonly deletions: readonly string[]
  readonly upsertions: readonly {
    readonly user: string
    readonly salt: Uint8Array
    readonly salted: Uint8Array
  }[]
}

async function change(target: WireTarget, { deletions, upsertions }: Change): Promise<void> {
  const body = new WireWriter()
  body.compactArray(deletions, (user) => body.compact(user).int8(SCRAM_SHA_512))
  body.compactArray(upsertions, ({ user, salt, salted }) =>
    body.compact(user).int8(SCRAM_SHA_512).int32(ITERATIONS).compact(salt).compact(salted),
  )
  const request = { apiKey: ALTER, apiVersion: 0, flexible: true, body: body.noTags().done() }
  const answer = new WireReader(await ask(target, request))
  answer.int32()
  answer.compactArray(() => {
    const user = answer.compactText()
    const code = answer.int16()
    const message = answer.compactText()
    if (code !== 0) fail('OPS_KAFKA', undefined, `SCRAM user ${user} was refused: ${message ?? code}`)
  })
}

/**
 * Gives a partner a SCRAM-SHA-512 user with a new random password, which is returned and kept nowhere; a password it had is
 * gone. The user's name is the partner's principal, so that its rights are the same however it proves itself. The broker gets
 * salt and salted password, never the password. Throws `OPS_KAFKA`.
 */
export async function setScramUser(
  target: WireTarget,
  oin: Oin,
  bytes: (count: number) => Uint8Array,
): Promise<{ readonly user: string; readonly password: string }> {
  const user = partnerPrincipal(oin)
  const password = Buffer.from(bytes(PASSWORD_BYTES)).toString('base64url')
  const salt = bytes(SALT_BYTES)
  const salted = await derive(password, salt, ITERATIONS, HASH_BYTES, 'sha512')
  await change(target, { deletions: [], upsertions: [{ user, salt, salted }] })
  return { user, password }
}

/** No new connection as this user from now on; one that is open must prove itself again within 10 minutes and cannot. */
export async function removeScramUser(target: WireTarget, oin: Oin): Promise<void> {
  await change(target, { deletions: [partnerPrincipal(oin)], upsertions: [] })
}

/** Names of all SCRAM users. */
export async function scramUsers(target: WireTarget): Promise<readonly string[]> {
  const body = new WireWriter().varint(0).noTags().done()
  const request = { apiKey: DESCRIBE, apiVersion: 0, flexible: true, body }
  const answer = new WireReader(await ask(target, request))
  answer.int32()
  const code = answer.int16()
  const message = answer.compactText()
  if (code !== 0) fail('OPS_KAFKA', undefined, `SCRAM users cannot be read: ${message ?? code}`)
  return answer.compactArray(() => {
    const user = answer.compactText() ?? ''
    answer.int16()
    answer.compactText()
    answer.compactArray(() => [answer.int8(), answer.int32()])
    return user
  })
}

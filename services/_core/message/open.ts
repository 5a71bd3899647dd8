import type { KeyObject } from 'node:crypto'
import type { Epoch } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { asOpened, type Opened } from './content.ts'
import { decryptJwe, type ParsedJwe, parseJwe } from './jwe.ts'

const SD_JWT = /^[A-Za-z0-9_.~-]+$/

/** A sealed message taken apart; `kid` names the intake key that opens it. */
export interface Envelope {
  readonly kid: string
  readonly jwe: ParsedJwe
}

/** Types with rows may be larger; the outer type is checked against the signed one later. */
function bytesMax(outerVct: string | undefined, epoch: Epoch): number {
  for (const type of epoch.types.values()) {
    const hasRows = type.vct === outerVct && type.fields.some((field) => field.perItem)
    if (hasRows) return LIMITS.jwePerItemBytesMax
  }
  return LIMITS.jweBytesMax
}

/**
 * Size, framing, header and intake key of a sealed message, all before any cryptography. A key opens what was received
 * within its time, or up to `submitByMaxMs` after it: sealed in time, delayed on the way.
 * Throws `MSG_SIZE`, `MSG_FRAMING`, `MSG_ENCODING`, `MSG_DUPLICATE_MEMBER`, `MSG_JWE_HEADER`, `MSG_INTAKE_KEY`.
 */
export function readEnvelope(
  body: Uint8Array,
  outerVct: string | undefined,
  epoch: Epoch,
  receivedAt: number,
): Envelope {
  if (body.length > bytesMax(outerVct, epoch)) fail('MSG_SIZE', '/')
  const jwe = parseJwe(Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1'))
  const { kid } = jwe.header
  const key = epoch.intakeKeys.find((one) => one.kid === kid)
  if (!key || receivedAt < key.from || receivedAt >= key.until + LIMITS.submitByMaxMs) {
    return fail('MSG_INTAKE_KEY', '/kid')
  }
  return { kid, jwe }
}

/** Opens the intake seal with the private key of `envelope.kid`: `MSG_SEAL` when it does not fit. Nothing is verified. */
export function openMessage(envelope: Envelope, intakeKey: KeyObject): Opened {
  const { plaintext } = decryptJwe(envelope.jwe, intakeKey)
  return reopenArchived(plaintext.toString('latin1'))
}

/** An SD-JWT that was opened before (the archive copy); it is verified again like any other. */
export function reopenArchived(sdJwt: string): Opened {
  if (!SD_JWT.test(sdJwt)) fail('MSG_ENCODING', '/')
  return asOpened(sdJwt)
}

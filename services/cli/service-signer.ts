import { createPrivateKey } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { CommandSigner } from '#core/handoff/sign-command.ts'
import type { KeyStore } from '#core/ports/key-store.ts'

/** Signs as one of our own services: private key `op:<name>`, Ed25519, PKCS#8 DER. Throws `OPS_KEY` when it is not there. */
export async function serviceSigner(
  keys: Pick<KeyStore, 'get'>,
  name: 'operator' | 'courier',
): Promise<CommandSigner> {
  const row = await keys.get(`op:${name}`)
  if (!row) return fail('OPS_KEY', undefined, `op:${name}`)
  const key = createPrivateKey({ key: Buffer.from(row.bytes), format: 'der', type: 'pkcs8' })
  return { name, key }
}

import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'
import { type NoteVerifier, noteVerifier } from '#core/ledger/note.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { Random } from '#core/ports/random.ts'

const ID = 'op:ledger'
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex')

export interface LedgerSigner {
  readonly privateKey: KeyObject
  readonly verifier: NoteVerifier
}

/** Origin line and key name of the ledger of a log (C2SP: schemeless URL). */
export function ledgerOrigin(logId: string): string {
  return `schakel.example.nl/ledger/${logId}`
}

/** Makes the Ed25519 key that signs checkpoints when there is none: for a new data directory only, by `schakel init`. */
export async function createLedgerKey(keys: KeyStore, random: Random): Promise<void> {
  const bytes = Buffer.concat([PKCS8_ED25519, random.bytes(32)])
  await keys.put([{ id: ID, kind: 'operator', bytes }])
}

/** `OPS_KEY` when the key is not there: another key would be another ledger. */
export async function readLedgerSigner(keys: KeyStore, logId: string): Promise<LedgerSigner> {
  const row = (await keys.get(ID)) ?? fail('OPS_KEY', undefined, ID)
  const privateKey = createPrivateKey({ key: Buffer.from(row.bytes), format: 'der', type: 'pkcs8' })
  return { privateKey, verifier: noteVerifier(ledgerOrigin(logId), createPublicKey(privateKey)) }
}

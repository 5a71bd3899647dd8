/** Offline proof that an entry is in a log (C2SP tlog-proof): index, inclusion proof and the checkpoint it leads to, as text. */
import { type Checkpoint, openCheckpoint } from './checkpoint.ts'
import { leafHash } from './merkle.ts'
import { decodeBase64, type NoteVerifier } from './note.ts'
import { verifyInclusion } from './verify-proof.ts'

const FIRST = 'c2sp.org/tlog-proof@v1'
const INDEX = /^index (0|[1-9][0-9]{0,15})$/
const EXTRA = /^extra ([A-Za-z0-9+/]*={0,2})$/

/** `extra` is not authenticated; `checkpoint` is the signed note, verbatim. */
export interface TlogProof {
  readonly extra: Uint8Array | null
  readonly index: number
  readonly hashes: readonly Uint8Array[]
  readonly checkpoint: string
}

export function formatTlogProof(proof: TlogProof): string {
  const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64')
  const lines = [FIRST]
  if (proof.extra) lines.push(`extra ${base64(proof.extra)}`)
  lines.push(`index ${proof.index}`, ...proof.hashes.map(base64))
  return `${lines.join('\n')}\n\n${proof.checkpoint}`
}

/** The parts of a proof, nothing verified; undefined when malformed. */
export function parseTlogProof(text: string): TlogProof | undefined {
  const at = text.indexOf('\n\n')
  if (at < 0) return undefined
  const lines = text.slice(0, at).split('\n')
  if (lines.shift() !== FIRST) return undefined
  const extraText = EXTRA.exec(lines[0] ?? '')?.[1]
  const extra = extraText === undefined ? null : decodeBase64(extraText)
  if (extra === undefined) return undefined
  if (extra) lines.shift()
  const index = INDEX.exec(lines.shift() ?? '')?.[1]
  const hashes = lines.map(decodeBase64).filter((hash) => hash?.length === 32)
  if (index === undefined || !Number.isSafeInteger(Number(index)) || hashes.length !== lines.length)
    return undefined
  return { extra, index: Number(index), hashes: hashes as Uint8Array[], checkpoint: text.slice(at + 2) }
}

/** The checkpoint under which `entry` lies at the proof's index, when all of it holds for this verifier; else undefined. */
export function verifyTlogProof(
  proof: TlogProof,
  entry: Uint8Array,
  verifier: NoteVerifier,
): Checkpoint | undefined {
  const checkpoint = openCheckpoint(proof.checkpoint, verifier)
  if (!checkpoint) return undefined
  const holds = verifyInclusion(proof.index, checkpoint.size, leafHash(entry), proof.hashes, checkpoint.root)
  return holds ? checkpoint : undefined
}

/** Checkpoints (C2SP tlog-checkpoint v1.0): origin, size and root as a signed note. */
import { decodeBase64, type NoteVerifier, parseNote, verifyNote } from './note.ts'

const SIZE = /^(0|[1-9][0-9]{0,15})$/

export interface Checkpoint {
  readonly origin: string
  readonly size: number
  readonly root: Uint8Array
}

/** The note text to sign. */
export function checkpointText(checkpoint: Checkpoint): string {
  return `${checkpoint.origin}\n${checkpoint.size}\n${Buffer.from(checkpoint.root).toString('base64')}\n`
}

/** Origin, size and root of a note text; extension lines are allowed and ignored. Undefined when malformed. */
export function parseCheckpointText(text: string): Checkpoint | undefined {
  const lines = text.split('\n')
  const [origin, size, root] = lines
  if (lines.length < 4 || lines.pop() !== '' || lines.includes('')) return undefined
  const bytes = root === undefined ? undefined : decodeBase64(root)
  if (!origin || !size || !SIZE.test(size) || bytes?.length !== 32) return undefined
  const count = Number(size)
  return Number.isSafeInteger(count) ? { origin, size: count, root: bytes } : undefined
}

/** A checkpoint that this verifier signed for its own origin; else undefined. */
export function openCheckpoint(note: string, verifier: NoteVerifier): Checkpoint | undefined {
  const parsed = parseNote(note)
  if (!parsed || !verifyNote(parsed, verifier)) return undefined
  const checkpoint = parseCheckpointText(parsed.text)
  return checkpoint?.origin === verifier.name ? checkpoint : undefined
}

/** What a checkpoint says, its signatures NOT verified: to show our own, never to trust another's. */
export function parseCheckpoint(note: string): Checkpoint | undefined {
  const parsed = parseNote(note)
  return parsed && parseCheckpointText(parsed.text)
}

import { parseCheckpoint } from '#core/ledger/checkpoint.ts'
import { leafHash } from '#core/ledger/merkle.ts'
import { parseTlogProof } from '#core/ledger/tlog-proof.ts'

/** One leaf of a hand-off as its bundle places it: index in the tree of `size` leaves, and its hash (base64, RFC 6962). */
export interface ProofLeaf {
  readonly index: number
  readonly hash: string
  readonly size: number
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function leafOf(value: unknown): readonly ProofLeaf[] {
  if (!isObject(value) || typeof value['entry'] !== 'string' || typeof value['proof'] !== 'string') return []
  const proof = parseTlogProof(value['proof'])
  const checkpoint = proof && parseCheckpoint(proof.checkpoint)
  if (!proof || !checkpoint) return []
  const hash = Buffer.from(leafHash(Buffer.from(value['entry'], 'base64'))).toString('base64')
  return [{ index: proof.index, hash, size: checkpoint.size }]
}

/** The leaves of an evidence bundle, to be looked at: nothing is verified here. What is no leaf is left out. */
export function proofLeaves(bundle: string): readonly ProofLeaf[] {
  let parsed: unknown
  try {
    parsed = JSON.parse(bundle)
  } catch {
    return []
  }
  if (!isObject(parsed) || !Array.isArray(parsed['leaves'])) return []
  return parsed['leaves'].flatMap(leafOf)
}

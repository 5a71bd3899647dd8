/** Merkle tree of RFC 6962 §2.1 over SHA-256: hashes, appending, and what its proofs consist of. Sizes and indices are safe integers. */
import { hash as digest } from 'node:crypto'

const LEAF = 0
const NODE = 1
const HASH = 32

// One call per hash: a hash object with updates costs three times as much, and this is all that a ledger does.
const sha256 = (bytes: Uint8Array): Uint8Array => digest('sha256', bytes, 'buffer')

export const EMPTY_ROOT: Uint8Array = sha256(new Uint8Array())

export function leafHash(entry: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + entry.length)
  bytes[0] = LEAF
  bytes.set(entry, 1)
  return sha256(bytes)
}

export function nodeHash(left: Uint8Array, right: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(1 + 2 * HASH)
  bytes[0] = NODE
  bytes.set(left, 1)
  bytes.set(right, 1 + HASH)
  return sha256(bytes)
}

/** A perfect subtree: `level` 0 is a leaf, it covers leaves [index × 2^level, (index + 1) × 2^level). */
export interface Node {
  readonly level: number
  readonly index: number
}

/** Leaves [start, end); the ranges of RFC 6962's definitions start at a multiple of a power of two that is at least their length. */
export interface Range {
  readonly start: number
  readonly end: number
}

/** The tree so far as its perfect subtrees, largest first: all that appending and the root need. */
export interface Frontier {
  readonly size: number
  readonly hashes: readonly Uint8Array[]
}

export const EMPTY_FRONTIER: Frontier = { size: 0, hashes: [] }

/** Largest power of two below n, for n ≥ 2. */
function split(n: number): number {
  let k = 1
  while (k * 2 < n) k *= 2
  return k
}

/** The perfect subtrees of a range, left to right: one per bit of its length. */
export function nodesOf(range: Range): readonly Node[] {
  const nodes: Node[] = []
  let start = range.start
  while (start < range.end) {
    let level = 0
    while (start % 2 ** (level + 1) === 0 && start + 2 ** (level + 1) <= range.end) level += 1
    nodes.push({ level, index: start / 2 ** level })
    start += 2 ** level
  }
  return nodes
}

/** Folds perfect subtrees, largest first, to the hash of what they cover together. */
export function foldHashes(hashes: readonly Uint8Array[]): Uint8Array {
  return hashes.length === 0 ? EMPTY_ROOT : hashes.reduceRight((right, left) => nodeHash(left, right))
}

/** MTH(D[start:end]), read from perfect subtrees. */
export function rangeHash(range: Range, hashOf: (node: Node) => Uint8Array): Uint8Array {
  return foldHashes(nodesOf(range).map(hashOf))
}

/** One leaf more. `seen` is told every perfect subtree that became whole, the leaf first. */
export function appendLeaf(
  frontier: Frontier,
  hash: Uint8Array,
  seen?: (node: Node, hash: Uint8Array) => void,
): Frontier {
  const hashes = [...frontier.hashes]
  let node: Node = { level: 0, index: frontier.size }
  let top = hash
  seen?.(node, top)
  while (node.index % 2 === 1) {
    const left = hashes.pop()
    if (!left) break
    top = nodeHash(left, top)
    node = { level: node.level + 1, index: (node.index - 1) / 2 }
    seen?.(node, top)
  }
  return { size: frontier.size + 1, hashes: [...hashes, top] }
}

export function frontierRoot(frontier: Frontier): Uint8Array {
  return foldHashes(frontier.hashes)
}

/** PATH(index, D[size]) as ranges, from the leaf's sibling up to the root's child (RFC 6962 §2.1.1); index < size. */
export function inclusionRanges(index: number, size: number): readonly Range[] {
  const ranges: Range[] = []
  let start = 0
  let end = size
  while (end - start > 1) {
    const middle = start + split(end - start)
    if (index < middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
    }
  }
  return ranges.reverse()
}

/** PROOF(old, D[size]) as ranges (RFC 6962 §2.1.2); 0 < old ≤ size. */
export function consistencyRanges(old: number, size: number): readonly Range[] {
  const ranges: Range[] = []
  let start = 0
  let end = size
  let whole = true
  while (old < end) {
    const middle = start + split(end - start)
    if (old <= middle) {
      ranges.push({ start: middle, end })
      end = middle
    } else {
      ranges.push({ start, end: middle })
      start = middle
      whole = false
    }
  }
  if (!whole) ranges.push({ start, end })
  return ranges.reverse()
}

/** Verifying inclusion and consistency (RFC 9162 §2.1.3.2 and §2.1.4.2, the same tree as RFC 6962). Total: bad input is `false`. */
import { nodeHash } from './merkle.ts'

const HASH = 32
const count = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const half = (value: number): number => Math.floor(value / 2)
const odd = (value: number): boolean => value % 2 === 1

/** Public values: an ordinary comparison tells nobody anything. */
function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0
}

function hashes(proof: readonly Uint8Array[]): boolean {
  return proof.every((hash) => hash.length === HASH)
}

/** Is `leaf` (a leaf hash) at `index` of the tree of `size` leaves with this `root`? */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: Uint8Array,
  proof: readonly Uint8Array[],
  root: Uint8Array,
): boolean {
  if (!count(index) || !count(size) || index >= size || leaf.length !== HASH || !hashes(proof)) return false
  let place = index
  let last = size - 1
  let hash = leaf
  for (const sibling of proof) {
    if (last === 0) return false
    if (odd(place) || place === last) {
      hash = nodeHash(sibling, hash)
      while (!odd(place) && place !== 0) {
        place = half(place)
        last = half(last)
      }
    } else hash = nodeHash(hash, sibling)
    place = half(place)
    last = half(last)
  }
  return last === 0 && same(hash, root)
}

/** Is the tree (`oldSize`, `oldRoot`) a prefix of (`size`, `root`)? Nothing is proved about an empty tree: 0 is `false`. */
export function verifyConsistency(
  oldSize: number,
  size: number,
  proof: readonly Uint8Array[],
  oldRoot: Uint8Array,
  root: Uint8Array,
): boolean {
  if (!count(oldSize) || !count(size) || oldSize === 0 || oldSize > size || !hashes(proof)) return false
  if (oldSize === size) return proof.length === 0 && same(oldRoot, root)
  let place = oldSize - 1
  let last = size - 1
  while (odd(place)) {
    place = half(place)
    last = half(last)
  }
  // A perfect old tree is itself the first subtree; otherwise the proof brings it.
  const perfect = place === 0
  const seed = perfect ? oldRoot : proof[0]
  if (!seed) return false
  let oldHash = seed
  let hash = seed
  for (const sibling of perfect ? proof : proof.slice(1)) {
    if (last === 0) return false
    if (odd(place) || place === last) {
      oldHash = nodeHash(sibling, oldHash)
      hash = nodeHash(sibling, hash)
      while (!odd(place) && place !== 0) {
        place = half(place)
        last = half(last)
      }
    } else hash = nodeHash(hash, sibling)
    place = half(place)
    last = half(last)
  }
  return last === 0 && same(oldHash, oldRoot) && same(hash, root)
}

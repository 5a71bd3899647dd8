/** Ids below 2^21. */
export const MOST_IDS = 2 ** 21

/**
 * FNV-1a over UTF-16 code units, 32 bits; `seed` makes hashes that have nothing to do with each other. At most `length`
 * units, without the one at `skip`.
 */
export function hashText(text: string, seed: number, length: number = text.length, skip = -1): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  const end = Math.min(length, text.length)
  for (let index = 0; index < end; index += 1)
    if (index !== skip) hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  // The last letters would hardly reach the high bits.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  return (hash ^ (hash >>> 13)) >>> 0
}

const BUCKETS = 2 ** 16
const BUCKET_WIDTH = 2 ** 16 * MOST_IDS

/** Many (hash, id) pairs, 8 bytes each. Found by the high half of the hash, then by halving. */
export class SortedKeys {
  #starts = new Uint32Array(BUCKETS + 1)
  #pairs = new Float64Array(1024)
  #size = 0

  /** Entry: `id` below `MOST_IDS`; no call after `seal`. */
  add(hash: number, id: number): void {
    if (this.#size === this.#pairs.length) {
      const larger = new Float64Array(this.#size * 2)
      larger.set(this.#pairs)
      this.#pairs = larger
    }
    this.#pairs[this.#size] = hash * MOST_IDS + id
    this.#size += 1
  }

  seal(): void {
    const pairs = this.#pairs.slice(0, this.#size).sort()
    let at = 0
    for (let bucket = 0; bucket <= BUCKETS; bucket += 1) {
      while (at < pairs.length && (pairs[at] ?? 0) < bucket * BUCKET_WIDTH) at += 1
      this.#starts[bucket] = at
    }
    this.#pairs = pairs
  }

  get bytes(): number {
    return this.#pairs.byteLength + this.#starts.byteLength
  }

  /** Calls `found` with each id added under the hash, in order of id. */
  forEach(hash: number, found: (id: number) => void): void {
    const from = hash * MOST_IDS
    const pairs = this.#pairs
    let low = this.#starts[hash >>> 16] ?? 0
    let high = this.#starts[(hash >>> 16) + 1] ?? 0
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((pairs[middle] ?? 0) < from) low = middle + 1
      else high = middle
    }
    for (let pair = pairs[low]; pair !== undefined && pair < from + MOST_IDS; pair = pairs[low]) {
      found(pair - from)
      low += 1
    }
  }
}

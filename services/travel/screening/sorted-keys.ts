/** Ids below 2^21. */
export const MOST_IDS = 2 ** 21

/** FNV-1a over UTF-16 code units, 32 bits; `seed` makes hashes that have nothing to do with each other. */
export function hashText(text: string, seed: number): number {
  let hash = (0x811c9dc5 ^ seed) >>> 0
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0
  // The last letters would hardly reach the high bits.
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0
  return (hash ^ (hash >>> 13)) >>> 0
}

/** Many (hash, id) pairs: 8 bytes each, found by halving. Growing is done by doubling. */
export class SortedKeys {
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
    this.#pairs = this.#pairs.slice(0, this.#size).sort()
  }

  get bytes(): number {
    return this.#pairs.byteLength
  }

  /** Calls `found` with each id added under the hash, in order of id. */
  forEach(hash: number, found: (id: number) => void): void {
    const from = hash * MOST_IDS
    const pairs = this.#pairs
    let low = 0
    let high = pairs.length
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

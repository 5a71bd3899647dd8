import { datesLike, yearOf } from './birth-date.ts'
import { type ListIndex, wordBits } from './list-index.ts'
import type { AskedWord } from './score-match.ts'

/** Words that more than this share of the list has find nobody; they only tell once somebody is found. */
const COMMON_SHARE = 1 / 25
const MOST_SEEDS = 16

/** Position of the first value at or past `least`. */
function firstAt(values: Uint32Array, least: number, from = 0, to = values.length): number {
  let low = from
  let high = to
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((values[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}

/**
 * Finds rows worth scoring, with work space that is used again for each passenger. Two ways in: by birth date, where
 * every row of a like date is looked at and its words added up; and by words, for rows and passengers without a date.
 */
export class RowFinder {
  readonly #index: ListIndex
  readonly #stamp: Uint32Array
  readonly #met: Uint16Array
  /** What each word of the list tells of the passenger; 0 but for the words near of one of theirs. */
  readonly #told: Float32Array
  #round = 0

  constructor(index: ListIndex) {
    this.#index = index
    this.#stamp = new Uint32Array(index.rows)
    this.#met = new Uint16Array(index.rows)
    this.#told = new Float32Array(index.vocabulary.size)
  }

  get bytes(): number {
    return this.#stamp.byteLength + this.#met.byteLength + this.#told.byteLength
  }

  /**
   * Rows that may reach `least` bits of their words when the birth date is like `date` (packed), and rows without one
   * that share two words. Without a date: all rows that share two words, or the only one that either has.
   */
  find(words: readonly AskedWord[], date: number, least: number): ReadonlySet<number> {
    const found = new Set<number>()
    if (date === 0) this.#byWords(words, this.#index.rows, found)
    else {
      this.#byWords(words, this.#rowsOf(0)[1], found)
      this.#byDate(words, date, least, found)
    }
    return found
  }

  /** First row of a date, and of the next one that occurs. */
  #rowsOf(date: number): readonly [number, number] {
    const { dates, dateStart } = this.#index
    const at = firstAt(dates, date)
    const start = dateStart[at] ?? 0
    return dates[at] === date ? [start, dateStart[at + 1] ?? start] : [start, start]
  }

  #byDate(words: readonly AskedWord[], date: number, least: number, found: Set<number>): void {
    const told = this.#told
    for (const { near } of words)
      for (const [word, alike] of near)
        told[word] = Math.max(told[word] ?? 0, wordBits(this.#index, word) * alike * alike)
    if (date % 100 > 0) for (const like of datesLike(date)) this.#addUp(...this.#rowsOf(like), least, found)
    else {
      const year = yearOf(date)
      const { dates, dateStart } = this.#index
      const [from, to] = [year * 10_000, (year + 1) * 10_000].map(
        (least) => dateStart[firstAt(dates, least)] ?? 0,
      )
      this.#addUp(from ?? 0, to ?? 0, least, found)
    }
    for (const { near } of words) for (const word of near.keys()) told[word] = 0
  }

  #addUp(from: number, to: number, least: number, found: Set<number>): void {
    const { rowStart, rowWords } = this.#index
    const told = this.#told
    let at = rowStart[from] ?? 0
    for (let row = from; row < to; row += 1) {
      const end = rowStart[row + 1] ?? at
      let bits = 0
      for (; at < end; at += 1) bits += told[rowWords[at] ?? 0] ?? 0
      if (bits >= least) found.add(row)
    }
  }

  /** Rows before `limit`. */
  #byWords(words: readonly AskedWord[], limit: number, found: Set<number>): void {
    const { wordStart, postings, rows } = this.#index
    const seeds = words.slice(0, MOST_SEEDS)
    this.#round += 1
    for (const [bit, seed] of seeds.entries())
      for (const word of seed.near.keys()) {
        const start = wordStart[word] ?? 0
        const end = wordStart[word + 1] ?? 0
        if (end - start > rows * COMMON_SHARE && rows > 1_000) continue
        const stop = limit === rows ? end : firstAt(postings, limit, start, end)
        this.#mark(start, stop, 1 << bit, seeds.length, found)
      }
  }

  #mark(from: number, to: number, bit: number, seeds: number, found: Set<number>): void {
    const { postings, rowSingle } = this.#index
    const [stamp, met, round] = [this.#stamp, this.#met, this.#round]
    for (let at = from; at < to; at += 1) {
      const row = postings[at] ?? 0
      const before = stamp[row] === round ? (met[row] ?? 0) : 0
      stamp[row] = round
      met[row] = before | bit
      if ((before & ~bit) !== 0 || seeds === 1 || rowSingle[row] === 1) found.add(row)
    }
  }
}

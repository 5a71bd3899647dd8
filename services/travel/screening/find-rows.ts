import { yearOf } from './birth-date.ts'
import type { ListIndex } from './list-index.ts'
import type { AskedWord } from './score-match.ts'

/** Words that more than this share of the list has find nobody; they only tell once somebody is found. */
const COMMON_SHARE = 1 / 25

/** Work space of one flight at a time: which words of the passenger met which row. */
export class RowFinder {
  readonly #index: ListIndex
  readonly #stamp: Uint32Array
  readonly #met: Uint16Array
  #round = 0

  constructor(index: ListIndex) {
    this.#index = index
    this.#stamp = new Uint32Array(index.rows)
    this.#met = new Uint16Array(index.rows)
  }

  get bytes(): number {
    return this.#stamp.byteLength + this.#met.byteLength
  }

  /** First posting of `word` at or past `year`. */
  #from(word: number, year: number): number {
    const { wordStart, postings, rowDate } = this.#index
    let low = wordStart[word] ?? 0
    let high = wordStart[word + 1] ?? 0
    while (low < high) {
      const middle = (low + high) >>> 1
      if (yearOf(rowDate[postings[middle] ?? 0] ?? 0) < year) low = middle + 1
      else high = middle
    }
    return low
  }

  /**
   * Rows that share two words with the passenger, or the only one that either has, and whose year of birth is within
   * one of `date`'s or unknown. At most 16 words are looked at.
   */
  find(words: readonly AskedWord[], date: number): readonly number[] {
    const { wordStart } = this.#index
    const seeds = words.slice(0, 16)
    this.#round += 1
    const found: number[] = []
    const year = yearOf(date)
    for (const [bit, seed] of seeds.entries()) {
      for (const word of seed.near.keys()) {
        const end = wordStart[word + 1] ?? 0
        const start = wordStart[word] ?? 0
        if (end - start > this.#index.rows * COMMON_SHARE && this.#index.rows > 1_000) continue
        const mark = (from: number, to: number): void => this.#mark(from, to, 1 << bit, seeds.length, found)
        if (year === 0) mark(start, end)
        else {
          mark(start, this.#from(word, 1))
          mark(this.#from(word, year - 1), this.#from(word, year + 2))
        }
      }
    }
    return found
  }

  #mark(from: number, to: number, bit: number, seeds: number, found: number[]): void {
    const { postings, rowSingle } = this.#index
    const [stamp, met, round] = [this.#stamp, this.#met, this.#round]
    for (let at = from; at < to; at += 1) {
      const row = postings[at] ?? 0
      if (stamp[row] !== round) {
        stamp[row] = round
        met[row] = bit
        if (seeds === 1 || rowSingle[row] === 1) found.push(row)
        continue
      }
      const before = met[row] ?? 0
      if ((before | bit) === before) continue
      met[row] = before | bit
      // Exactly one bit until now: this is the second, and the row was not reported for being single.
      if ((before & (before - 1)) === 0 && seeds !== 1 && rowSingle[row] !== 1) found.push(row)
    }
  }
}

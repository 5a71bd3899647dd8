import { compareDates, datesLike, yearOf } from './birth-date.ts'
import { type ListIndex, MOST_WORD_BITS } from './list-index.ts'
import { type AskedWord, DATE_BITS, MOST_BESIDE_NAME_AND_DATE } from './score-match.ts'

/** Ranges of more rows than this are gone into by words, smaller ones row by row. */
const SMALL = 200
/** Bits are kept in steps, rounded up: a byte each, so that a whole vocabulary stays in the cache. */
const STEPS = 255 / MOST_WORD_BITS

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
 * Finds rows worth scoring, with work space that is used again for each passenger: per range of rows with a like birth
 * date, those whose words tell enough together.
 */
export class RowFinder {
  readonly #index: ListIndex
  readonly #stamp: Uint32Array
  readonly #sum: Uint16Array
  /** What each word of the list tells of the passenger, in steps; 0 but for the words near of one of theirs. */
  readonly #told: Uint8Array
  #words: readonly number[] = []
  #round = 0

  constructor(index: ListIndex) {
    this.#index = index
    this.#stamp = new Uint32Array(index.rows)
    this.#sum = new Uint16Array(index.rows)
    this.#told = new Uint8Array(index.vocabulary.size)
  }

  get bytes(): number {
    return this.#stamp.byteLength + this.#sum.byteLength + this.#told.byteLength
  }

  /**
   * Rows that may reach `least` bits, by an upper bound of what their words tell and what their date adds: those of a
   * date like `date` (packed, 0: any), those without a date, and of `others` whichever may.
   */
  find(
    words: readonly AskedWord[],
    date: number,
    least: number,
    others: readonly number[],
  ): ReadonlySet<number> {
    const found = new Set<number>()
    const bits = least - MOST_BESIDE_NAME_AND_DATE
    this.#tell(words)
    if (date === 0) this.#search(0, this.#index.rows, bits, found)
    else {
      for (const [from, to, like] of this.#ranges(date))
        this.#search(from, to, bits - DATE_BITS[compareDates(date, like)], found)
      for (const row of others)
        this.#rowByRow(
          row,
          row + 1,
          bits - DATE_BITS[compareDates(date, this.#index.rowDate[row] ?? 0)],
          found,
        )
    }
    for (const word of this.#words) this.#told[word] = 0
    return found
  }

  #tell(words: readonly AskedWord[]): void {
    const told = this.#told
    const all = new Set<number>()
    for (const { near } of words)
      for (const [word, alike] of near) {
        all.add(word)
        const steps = Math.ceil((this.#index.wordBits[word] ?? 0) * alike * alike * STEPS)
        if (steps > (told[word] ?? 0)) told[word] = steps
      }
    this.#words = [...all]
  }

  /** Rows from, to and their date, for each date that is like this one and for none. */
  #ranges(date: number): readonly (readonly [number, number, number])[] {
    const { dates, dateStart } = this.#index
    if (date % 100 === 0) {
      const start = (least: number): number => dateStart[firstAt(dates, least)] ?? 0
      const year = yearOf(date) * 10_000
      return [
        [0, start(1), 0],
        [start(year), start(year + 10_000), year],
      ]
    }
    return [0, ...datesLike(date)].flatMap((like) => {
      const at = firstAt(dates, like)
      return dates[at] === like ? [[dateStart[at] ?? 0, dateStart[at + 1] ?? 0, like] as const] : []
    })
  }

  #search(from: number, to: number, bits: number, found: Set<number>): void {
    if (to - from <= SMALL) this.#rowByRow(from, to, bits, found)
    else this.#byWords(from, to, bits, found)
  }

  #rowByRow(from: number, to: number, bits: number, found: Set<number>): void {
    const { rowStart, rowWords } = this.#index
    const told = this.#told
    const needed = bits * STEPS
    let at = rowStart[from] ?? 0
    for (let row = from; row < to; row += 1) {
      const end = rowStart[row + 1] ?? at
      let sum = 0
      for (; at < end; at += 1) sum += told[rowWords[at] ?? 0] ?? 0
      if (sum >= needed) found.add(row)
    }
  }

  #byWords(from: number, to: number, bits: number, found: Set<number>): void {
    const { wordStart, postings } = this.#index
    const [stamp, sum] = [this.#stamp, this.#sum]
    const needed = bits * STEPS
    this.#round += 1
    for (const word of this.#words) {
      const end = wordStart[word + 1] ?? 0
      const steps = this.#told[word] ?? 0
      for (let at = firstAt(postings, from, wordStart[word] ?? 0, end); at < end; at += 1) {
        const row = postings[at] ?? 0
        if (row >= to) break
        const total = (stamp[row] === this.#round ? (sum[row] ?? 0) : 0) + steps
        stamp[row] = this.#round
        sum[row] = total
        if (total >= needed) found.add(row)
      }
    }
  }
}

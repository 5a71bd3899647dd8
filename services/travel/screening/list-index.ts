import type { SortedKeys } from './sorted-keys.ts'
import type { Vocabulary } from './vocabulary.ts'

/**
 * A list in memory, made once by `buildIndex` and never changed. A *row* is one name of one entry; rows are in order of
 * birth date, unknown first. Words, dates and postings lie in typed arrays. No name is kept but as folded words.
 */
export interface ListIndex {
  readonly entries: number
  readonly rows: number
  readonly references: readonly string[]
  readonly vocabulary: Vocabulary
  /** Words of row `r`: from `rowStart[r]` to `rowStart[r + 1]`. */
  readonly rowStart: Uint32Array
  readonly rowWords: Uint32Array
  readonly rowRoles: Uint8Array
  readonly rowEntry: Uint32Array
  /** Packed birth date of the row's entry. */
  readonly rowDate: Uint32Array
  /** First row of each packed birth date that occurs, in order; one more at the end. */
  readonly dates: Uint32Array
  readonly dateStart: Uint32Array
  /** Rows with word `w`, in order: from `wordStart[w]` to `wordStart[w + 1]`. */
  readonly wordStart: Uint32Array
  readonly postings: Uint32Array
  /** Bits that each word tells: rare ones more, from 1 to `MOST_WORD_BITS`. */
  readonly wordBits: Float32Array
  readonly entryGender: Uint8Array
  readonly entryNationality: Uint16Array
  readonly nationalities: ReadonlyMap<string, number>
  readonly documents: SortedKeys
  /** A second hash of each document, by its number in `documents`. */
  readonly documentCheck: Uint32Array
  readonly documentEntry: Uint32Array
  /** Rows by all their words, whatever the order. */
  readonly wholeNames: SortedKeys
  /** Bytes of all typed arrays. */
  readonly bytes: number
}

/** No word alone tells more. */
export const MOST_WORD_BITS = 16

/** A list too short to count words in is taken as if it stood among so many names, of which these have any given word. */
const PRIOR_ROWS = 20_000
const PRIOR_HOLDING = 10

/** Folded words that stand in names and name nobody. */
const PARTICLES = new Set(
  'VAN VON DE DER DEN TER TEN ZU AL EL BIN IBN BINT DEL DELA LA LAS LOS DI DA DOS DAS'.split(' '),
)

/** Bits that a word tells which `holding` of `rows` names have: rare ones more, from 1 to `MOST_WORD_BITS`. */
export function bitsOfWord(word: string, holding: number, rows: number): number {
  if (PARTICLES.has(word)) return 1
  const bits = Math.log2((rows + PRIOR_ROWS) / (holding + PRIOR_HOLDING))
  return Math.min(MOST_WORD_BITS, Math.max(1, bits))
}

export const GENDERS = ['unknown', 'female', 'male', 'other'] as const

const WHOLE = 3

export const wholeNameSeed = WHOLE
export const documentSeed = 4
export const documentCheckSeed = 5

/** Letters and digits of a document number; empty when it is too short to tell anybody. */
export function plainDocument(number: string): string {
  const plain = number.toUpperCase().replace(/[^A-Z0-9]/g, '')
  return plain.length < 5 ? '' : plain
}

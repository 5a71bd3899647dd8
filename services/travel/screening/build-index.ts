import { packDate } from './birth-date.ts'
import {
  bitsOfWord,
  documentCheckSeed,
  documentSeed,
  GENDERS,
  type ListIndex,
  plainDocument,
  wholeNameSeed,
} from './list-index.ts'
import { GIVEN, GLUED, type NameWord, partWords, SURNAME } from './name-words.ts'
import type { Listed } from './person.ts'
import { hashText, MOST_IDS, SortedKeys } from './sorted-keys.ts'
import { Vocabulary } from './vocabulary.ts'

/** Numbers that grow; 32 bits each. */
class Growing {
  #values = new Uint32Array(1024)
  #size = 0

  push(value: number): void {
    if (this.#size === this.#values.length) {
      const larger = new Uint32Array(this.#size * 2)
      larger.set(this.#values)
      this.#values = larger
    }
    this.#values[this.#size] = value
    this.#size += 1
  }

  get size(): number {
    return this.#size
  }

  taken(): Uint32Array {
    return this.#values.slice(0, this.#size)
  }
}

/** The words of a whole name in one hash, whatever their order. */
export function wholeNameHash(words: readonly NameWord[]): number {
  const plain = words.filter(({ role }) => (role & GLUED) === 0).map(({ text }) => text)
  return hashText(plain.sort().join(' '), wholeNameSeed)
}

/** Given names repeat: that many are folded once. */
const MOST_GIVENS = 50_000

class Builder {
  readonly #givens = new Map<string, readonly NameWord[]>()
  readonly vocabulary = new Vocabulary()
  readonly references: string[] = []
  readonly rowStart = new Growing()
  readonly rowWords = new Growing()
  readonly rowRoles = new Growing()
  readonly rowEntry = new Growing()
  readonly rowDate = new Growing()
  readonly genders = new Growing()
  readonly nationality = new Growing()
  readonly nationalities = new Map<string, number>([['', 0]])
  readonly documents = new SortedKeys()
  readonly documentCheck = new Growing()
  readonly documentEntry = new Growing()
  /** One hash a row. */
  readonly wholeNames = new Growing()

  add(listed: Listed): void {
    const entry = this.references.length
    this.references.push(listed.reference)
    this.genders.push(Math.max(0, GENDERS.indexOf(listed.gender ?? 'unknown')))
    const country = listed.nationality ?? ''
    if (!this.nationalities.has(country)) this.nationalities.set(country, this.nationalities.size)
    this.nationality.push(this.nationalities.get(country) ?? 0)
    const date = packDate(listed.birthDate)
    for (const name of listed.names)
      this.#addRow([...partWords(name.surname, SURNAME), ...this.#givenWords(name.given)], entry, date)
    for (const number of listed.documents) {
      const plain = plainDocument(number)
      if (plain === '') continue
      this.documents.add(hashText(plain, documentSeed), this.documentEntry.size)
      this.documentCheck.push(hashText(plain, documentCheckSeed))
      this.documentEntry.push(entry)
    }
  }

  #givenWords(given: string): readonly NameWord[] {
    const known = this.#givens.get(given)
    if (known) return known
    const words = partWords(given, GIVEN)
    if (this.#givens.size < MOST_GIVENS) this.#givens.set(given, words)
    return words
  }

  #addRow(words: readonly NameWord[], entry: number, date: number): void {
    if (words.length === 0) return
    if (this.rowEntry.size >= MOST_IDS) throw new RangeError('more names than one index holds')
    this.rowStart.push(this.rowWords.size)
    for (const { text, role } of words) {
      this.rowWords.push(this.vocabulary.idOf(text))
      this.rowRoles.push(role)
    }
    this.rowEntry.push(entry)
    this.rowDate.push(date)
    this.wholeNames.push(wholeNameHash(words))
  }
}

/** Rows in order of birth date, those of one date as they came. */
function rowsByDate(dates: Uint32Array): Uint32Array {
  const keyed = new Float64Array(dates.length)
  for (const [row, date] of dates.entries()) keyed[row] = date * MOST_IDS + row
  keyed.sort()
  return Uint32Array.from(keyed, (key) => key % MOST_IDS)
}

interface Rows {
  readonly rowStart: Uint32Array
  readonly rowWords: Uint32Array
  readonly rowRoles: Uint8Array
  readonly rowEntry: Uint32Array
  readonly rowDate: Uint32Array
}

/** The same rows in another order: row `r` is what was `order[r]`. */
function reordered(rows: Rows, order: Uint32Array): Rows {
  const rowStart = new Uint32Array(order.length + 1)
  const rowWords = new Uint32Array(rows.rowWords.length)
  const rowRoles = new Uint8Array(rows.rowWords.length)
  let next = 0
  for (const [row, from] of order.entries()) {
    rowStart[row] = next
    const [start, end] = [rows.rowStart[from] ?? 0, rows.rowStart[from + 1] ?? 0]
    rowWords.set(rows.rowWords.subarray(start, end), next)
    rowRoles.set(rows.rowRoles.subarray(start, end), next)
    next += end - start
  }
  rowStart[order.length] = next
  const moved = (values: Uint32Array): Uint32Array => Uint32Array.from(order, (from) => values[from] ?? 0)
  return { rowStart, rowWords, rowRoles, rowEntry: moved(rows.rowEntry), rowDate: moved(rows.rowDate) }
}

/** Where each date begins, in rows that are in order of date. */
function dateStarts(rowDate: Uint32Array): { readonly dates: Uint32Array; readonly dateStart: Uint32Array } {
  const dates = new Growing()
  const starts = new Growing()
  for (const [row, date] of rowDate.entries())
    if (row === 0 || rowDate[row - 1] !== date) {
      dates.push(date)
      starts.push(row)
    }
  starts.push(rowDate.length)
  return { dates: dates.taken(), dateStart: starts.taken() }
}

function postingsOf(
  words: number,
  { rowStart, rowWords, rowEntry }: Rows,
): { readonly wordStart: Uint32Array; readonly postings: Uint32Array } {
  const wordStart = new Uint32Array(words + 1)
  for (const word of rowWords) wordStart[word + 1] = (wordStart[word + 1] ?? 0) + 1
  for (let word = 0; word < words; word += 1)
    wordStart[word + 1] = (wordStart[word + 1] ?? 0) + (wordStart[word] ?? 0)
  const next = wordStart.slice()
  const postings = new Uint32Array(rowWords.length)
  for (let row = 0; row < rowEntry.length; row += 1)
    for (let at = rowStart[row] ?? 0; at < (rowStart[row + 1] ?? 0); at += 1) {
      const word = rowWords[at] ?? 0
      postings[next[word] ?? 0] = row
      next[word] = (next[word] ?? 0) + 1
    }
  return { wordStart, postings }
}

function bitsOf(vocabulary: Vocabulary, wordStart: Uint32Array, rows: number): Float32Array {
  return Float32Array.from({ length: vocabulary.size }, (_, word) => {
    const holding = (wordStart[word + 1] ?? 0) - (wordStart[word] ?? 0)
    return bitsOfWord(vocabulary.word(word), holding, rows)
  })
}

/**
 * Builds the index of a list; the list itself need not be kept. Entry: at most 2^21 names (`RangeError`), references
 * that are unique. Takes some seconds for a million: once, at start.
 */
export function buildIndex(list: Iterable<Listed>): ListIndex {
  const made = new Builder()
  for (const listed of list) made.add(listed)
  made.rowStart.push(made.rowWords.size)
  made.vocabulary.seal()
  made.documents.seal()
  const came: Rows = {
    rowStart: made.rowStart.taken(),
    rowWords: made.rowWords.taken(),
    rowRoles: Uint8Array.from(made.rowRoles.taken()),
    rowEntry: made.rowEntry.taken(),
    rowDate: made.rowDate.taken(),
  }
  const order = rowsByDate(came.rowDate)
  const rows = reordered(came, order)
  const wholeNames = new SortedKeys()
  const wholeHashes = made.wholeNames.taken()
  for (const [row, from] of order.entries()) wholeNames.add(wholeHashes[from] ?? 0, row)
  wholeNames.seal()
  const inverted = postingsOf(made.vocabulary.size, rows)
  const arrays = {
    ...rows,
    ...dateStarts(rows.rowDate),
    ...inverted,
    wordBits: bitsOf(made.vocabulary, inverted.wordStart, order.length),
    entryGender: Uint8Array.from(made.genders.taken()),
    entryNationality: Uint16Array.from(made.nationality.taken()),
    documentCheck: made.documentCheck.taken(),
    documentEntry: made.documentEntry.taken(),
  }
  const bytes = Object.values(arrays).reduce((sum, array) => sum + array.byteLength, 0)
  return {
    ...arrays,
    entries: made.references.length,
    rows: order.length,
    references: made.references,
    vocabulary: made.vocabulary,
    nationalities: made.nationalities,
    documents: made.documents,
    wholeNames,
    bytes: bytes + made.documents.bytes + wholeNames.bytes + made.vocabulary.keyBytes,
  }
}

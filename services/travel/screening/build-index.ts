import { packDate, yearOf } from './birth-date.ts'
import {
  documentCheckSeed,
  documentSeed,
  GENDERS,
  type ListIndex,
  plainDocument,
  wholeNameSeed,
} from './list-index.ts'
import { GLUED, type NameWord, nameWords } from './name-words.ts'
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

class Builder {
  readonly vocabulary = new Vocabulary()
  readonly references: string[] = []
  readonly rowStart = new Growing()
  readonly rowWords = new Growing()
  readonly rowRoles = new Growing()
  readonly rowSingle = new Growing()
  readonly rowEntry = new Growing()
  readonly rowDate = new Growing()
  readonly genders = new Growing()
  readonly nationality = new Growing()
  readonly nationalities = new Map<string, number>([['', 0]])
  readonly documents = new SortedKeys()
  readonly documentCheck = new Growing()
  readonly documentEntry = new Growing()
  readonly wholeNames = new SortedKeys()

  add(listed: Listed): void {
    const entry = this.references.length
    this.references.push(listed.reference)
    this.genders.push(Math.max(0, GENDERS.indexOf(listed.gender ?? 'unknown')))
    const country = listed.nationality ?? ''
    if (!this.nationalities.has(country)) this.nationalities.set(country, this.nationalities.size)
    this.nationality.push(this.nationalities.get(country) ?? 0)
    const date = packDate(listed.birthDate)
    for (const name of listed.names) this.#addRow(nameWords(name), entry, date)
    for (const number of listed.documents) {
      const plain = plainDocument(number)
      if (plain === '') continue
      this.documents.add(hashText(plain, documentSeed), this.documentEntry.size)
      this.documentCheck.push(hashText(plain, documentCheckSeed))
      this.documentEntry.push(entry)
    }
  }

  #addRow(words: readonly NameWord[], entry: number, date: number): void {
    if (words.length === 0) return
    const row = this.rowEntry.size
    if (row >= MOST_IDS) throw new RangeError('more names than one index holds')
    this.rowStart.push(this.rowWords.size)
    for (const { text, role } of words) {
      this.rowWords.push(this.vocabulary.idOf(text))
      this.rowRoles.push(role)
    }
    this.rowSingle.push(words.length === 1 ? 1 : 0)
    this.rowEntry.push(entry)
    this.rowDate.push(date)
    this.wholeNames.add(wholeNameHash(words), row)
  }
}

/** Rows in order of the year of birth, by counting. */
function rowsByYear(dates: Uint32Array): Uint32Array {
  const starts = new Uint32Array(10_001)
  for (const date of dates) starts[yearOf(date) + 1] = (starts[yearOf(date) + 1] ?? 0) + 1
  for (let year = 0; year < 10_000; year += 1)
    starts[year + 1] = (starts[year + 1] ?? 0) + (starts[year] ?? 0)
  const order = new Uint32Array(dates.length)
  for (const [row, date] of dates.entries()) {
    const place = starts[yearOf(date)] ?? 0
    order[place] = row
    starts[yearOf(date)] = place + 1
  }
  return order
}

function postingsOf(
  words: number,
  rowStart: Uint32Array,
  rowWords: Uint32Array,
  order: Uint32Array,
): { readonly wordStart: Uint32Array; readonly postings: Uint32Array } {
  const wordStart = new Uint32Array(words + 1)
  for (const word of rowWords) wordStart[word + 1] = (wordStart[word + 1] ?? 0) + 1
  for (let word = 0; word < words; word += 1)
    wordStart[word + 1] = (wordStart[word + 1] ?? 0) + (wordStart[word] ?? 0)
  const next = wordStart.slice()
  const postings = new Uint32Array(rowWords.length)
  for (const row of order) {
    for (let at = rowStart[row] ?? 0; at < (rowStart[row + 1] ?? 0); at += 1) {
      const word = rowWords[at] ?? 0
      postings[next[word] ?? 0] = row
      next[word] = (next[word] ?? 0) + 1
    }
  }
  return { wordStart, postings }
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
  made.wholeNames.seal()
  const [rowStart, rowWords, rowDate] = [made.rowStart.taken(), made.rowWords.taken(), made.rowDate.taken()]
  const arrays = {
    rowStart,
    rowWords,
    rowDate,
    rowRoles: Uint8Array.from(made.rowRoles.taken()),
    rowSingle: Uint8Array.from(made.rowSingle.taken()),
    rowEntry: made.rowEntry.taken(),
    ...postingsOf(made.vocabulary.size, rowStart, rowWords, rowsByYear(rowDate)),
    entryGender: Uint8Array.from(made.genders.taken()),
    entryNationality: Uint16Array.from(made.nationality.taken()),
    documentCheck: made.documentCheck.taken(),
    documentEntry: made.documentEntry.taken(),
  }
  const bytes = Object.values(arrays).reduce((sum, array) => sum + array.byteLength, 0)
  return {
    ...arrays,
    entries: made.references.length,
    rows: made.rowEntry.size,
    references: made.references,
    vocabulary: made.vocabulary,
    nationalities: made.nationalities,
    documents: made.documents,
    wholeNames: made.wholeNames,
    bytes: bytes + made.documents.bytes + made.wholeNames.bytes + made.vocabulary.keyBytes,
  }
}

import { compareDates, type DateMatch } from './birth-date.ts'
import { GENDERS, type ListIndex } from './list-index.ts'
import { GIVEN, GLUED, SURNAME } from './name-words.ts'
import type { MatchReason } from './person.ts'

/**
 * Evidence is counted in bits, after Fellegi and Sunter (*A theory for record linkage*, 1969): what agrees adds the
 * log of how rarely it agrees by chance, what contradicts takes away. A flight of 300 against a million names makes
 * 2^28 pairs: 28 bits are one chance in a flight. The weights below are reasoned, the threshold is measured
 * (`docs/screening.md`).
 */
export const DATE_BITS: Readonly<Record<DateMatch, number>> = {
  'birth-date-same': 13,
  'birth-date-day-month-swapped': 11,
  'birth-date-near': 9,
  'birth-date-partly-known': 5,
  'birth-date-unknown': 0,
  'birth-date-differs': -10,
}

const DOCUMENT_BITS = 30
const SAME_GENDER = 1
const SAME_NATIONALITY = 2
/** The most that gender and nationality add. */
export const MOST_BESIDE_NAME_AND_DATE = SAME_GENDER + SAME_NATIONALITY
/** A word on both sides that nothing on the other side answers. */
const CONTRADICTION = -5
/** A word that only one side has: second given names, a missing given name. */
const SURPLUS = -1.5
const OTHER_ORDER = -1
/** Particles tell little, and their lack nothing. */
const PARTICLE_BITS = 4

/** A word of the passenger, with what it is near of on the list. */
export interface AskedWord {
  readonly role: number
  /** Similarity by word of the list. */
  readonly near: ReadonlyMap<number, number>
  /** What the word itself tells; one that the list does not have tells most. */
  readonly bits: number
}

export interface Asked {
  readonly words: readonly AskedWord[]
  /** Packed. */
  readonly date: number
  /** Index in `GENDERS`. */
  readonly gender: number
  readonly nationality: string
}

interface RowWord {
  readonly word: number
  readonly role: number
}

interface NameMatch {
  readonly bits: number
  readonly reasons: readonly MatchReason[]
}

/** A part of a name is its words, or all of them glued: each choice is a way to write the name. */
function ways<T extends { readonly role: number }>(words: readonly T[]): readonly (readonly T[])[] {
  if (words.every((word) => (word.role & GLUED) === 0)) return [words]
  const part = (role: number): readonly (readonly T[])[] => {
    const all = words.filter((word) => (word.role & role) !== 0)
    const plain = all.filter((word) => (word.role & GLUED) === 0)
    const glued = all.filter((word) => (word.role & GLUED) !== 0)
    return glued.length > 0 ? [plain, glued] : [plain]
  }
  return part(SURNAME).flatMap((surname) => part(GIVEN).map((given) => [...surname, ...given]))
}

/** Pairs words greedily by what they tell. */
function pairUp(index: ListIndex, asked: readonly AskedWord[], row: readonly RowWord[]): NameMatch {
  const pairs: { a: AskedWord; r: RowWord; bits: number; alike: number }[] = []
  for (const a of asked)
    for (const r of row) {
      const alike = a.near.get(r.word)
      if (alike !== undefined)
        pairs.push({ a, r, alike, bits: (index.wordBits[r.word] ?? 0) * alike * alike })
    }
  pairs.sort((one, other) => other.bits - one.bits)
  const leftAsked = new Set(asked)
  const leftRow = new Set(row)
  let bits = 0
  let same = true
  let crossed = 0
  for (const pair of pairs) {
    if (!leftAsked.has(pair.a) || !leftRow.has(pair.r)) continue
    leftAsked.delete(pair.a)
    leftRow.delete(pair.r)
    bits += pair.bits
    if (pair.alike < 1) same = false
    if ((pair.a.role & pair.r.role & (SURNAME | GIVEN)) === 0) crossed += 1
  }
  const a = [...leftAsked].filter((word) => word.bits >= PARTICLE_BITS).length
  const r = [...leftRow].filter((word) => (index.wordBits[word.word] ?? 0) >= PARTICLE_BITS).length
  const against = Math.min(a, r)
  bits += against * CONTRADICTION + (Math.max(a, r) - against) * SURPLUS + (crossed > 0 ? OTHER_ORDER : 0)
  return {
    bits,
    reasons: [
      same && against === 0 ? 'name-same' : 'name-similar',
      ...(crossed > 0 ? (['name-other-order'] as const) : []),
      ...(a !== r ? (['name-partly-missing'] as const) : []),
    ],
  }
}

function matchNames(index: ListIndex, asked: Asked, row: number): NameMatch {
  const words: RowWord[] = []
  for (let at = index.rowStart[row] ?? 0; at < (index.rowStart[row + 1] ?? 0); at += 1)
    words.push({ word: index.rowWords[at] ?? 0, role: index.rowRoles[at] ?? 0 })
  const rowWays = ways(words)
  let best: NameMatch = { bits: Number.NEGATIVE_INFINITY, reasons: [] }
  for (const way of ways(asked.words))
    for (const other of rowWays) {
      const match = pairUp(index, way, other)
      if (match.bits > best.bits) best = match
    }
  return best
}

interface Particulars {
  readonly bits: number
  readonly reasons: readonly MatchReason[]
}

function matchParticulars(index: ListIndex, asked: Asked, entry: number): Particulars {
  const reasons: MatchReason[] = []
  let bits = 0
  const gender = index.entryGender[entry] ?? 0
  if (gender !== 0 && asked.gender !== 0) {
    bits += gender === asked.gender ? SAME_GENDER : -4
    if (gender !== asked.gender) reasons.push('gender-differs')
  }
  const country = index.entryNationality[entry] ?? 0
  if (country !== 0 && asked.nationality !== '') {
    const same = index.nationalities.get(asked.nationality) === country
    bits += same ? SAME_NATIONALITY : -1
    reasons.push(same ? 'nationality-same' : 'nationality-differs')
  }
  return { bits, reasons }
}

/** Evidence that the passenger is the entry of that row, by everything but documents. */
export function scoreRow(
  index: ListIndex,
  asked: Asked,
  row: number,
): { readonly score: number; readonly reasons: readonly MatchReason[] } {
  const names = matchNames(index, asked, row)
  const date = compareDates(asked.date, index.rowDate[row] ?? 0)
  const rest = matchParticulars(index, asked, index.rowEntry[row] ?? 0)
  return {
    score: names.bits + DATE_BITS[date] + rest.bits,
    reasons: [...names.reasons, date, ...rest.reasons],
  }
}

export const documentScore = DOCUMENT_BITS
export const genderCode = (gender: string | undefined): number =>
  Math.max(0, (GENDERS as readonly string[]).indexOf(gender ?? 'unknown'))

import { packDate } from './birth-date.ts'
import { wholeNameHash } from './build-index.ts'
import { RowFinder } from './find-rows.ts'
import { bitsOfWord, documentCheckSeed, documentSeed, type ListIndex, plainDocument } from './list-index.ts'
import { nameWords } from './name-words.ts'
import type { Candidate, MatchReason, Person } from './person.ts'
import { type Asked, type AskedWord, documentScore, genderCode, scoreRow } from './score-match.ts'
import { hashText } from './sorted-keys.ts'

/**
 * Bits from which somebody is shown to a human, for a list of a million names. Chosen on one half of labelled data and
 * reported on the other by `test/bench/screening-quality.ts`; a test holds this number against `docs/screening.md`.
 */
export const THRESHOLD = 31.5

/** The threshold for a list of so many names: chance finds half as many in half as many. */
export function thresholdFor(names: number): number {
  return THRESHOLD + Math.log2(Math.max(1, names) / 1_000_000)
}

const MOST_CANDIDATES = 20

/** A list that flights are screened against, with its work space. One flight at a time. */
export interface Screen {
  readonly index: ListIndex
  readonly finder: RowFinder
  /** Words looked up before: families, and names that every flight has. */
  readonly known: Map<string, Omit<AskedWord, 'role'>>
}

export function openScreen(index: ListIndex): Screen {
  return { index, finder: new RowFinder(index), known: new Map() }
}

interface Best {
  score: number
  reasons: readonly MatchReason[]
}

/** Past this many words the oldest are forgotten. */
const MOST_KNOWN = 20_000

function lookUp({ index, known }: Screen, text: string): Omit<AskedWord, 'role'> {
  const seen = known.get(text)
  if (seen) return seen
  const near = index.vocabulary.near(text)
  const [same] = [...near].find(([, alike]) => alike === 1) ?? []
  const made = {
    near,
    bits: same === undefined ? bitsOfWord(text, 0, index.rows) : (index.wordBits[same] ?? 0),
  }
  const oldest = known.size >= MOST_KNOWN ? known.keys().next().value : undefined
  if (oldest !== undefined) known.delete(oldest)
  known.set(text, made)
  return made
}

function keep(best: Map<number, Best>, entry: number, score: number, reasons: readonly MatchReason[]): void {
  const before = best.get(entry)
  if (!before || before.score < score) best.set(entry, { score, reasons })
}

function byNames(screen: Screen, person: Person, least: number, best: Map<number, Best>): void {
  const { index, finder } = screen
  for (const name of person.names) {
    const words = nameWords(name)
    const asked: Asked = {
      words: words.map(({ text, role }) => ({ role, ...lookUp(screen, text) })),
      date: packDate(person.birthDate),
      gender: genderCode(person.gender),
      nationality: person.nationality ?? '',
    }
    // The same name whatever the birth date.
    const sameName: number[] = []
    if (words.length > 1) index.wholeNames.forEach(wholeNameHash(words), (row) => sameName.push(row))
    for (const row of finder.find(asked.words, asked.date, least, sameName)) {
      const { score, reasons } = scoreRow(index, asked, row)
      keep(best, index.rowEntry[row] ?? 0, score, reasons)
    }
  }
}

function byDocuments(index: ListIndex, person: Person, best: Map<number, Best>): void {
  for (const number of person.documents) {
    const plain = plainDocument(number)
    if (plain === '') continue
    const check = hashText(plain, documentCheckSeed)
    index.documents.forEach(hashText(plain, documentSeed), (id) => {
      if (index.documentCheck[id] !== check) return
      const entry = index.documentEntry[id] ?? 0
      const before = best.get(entry)
      // Somebody else's passport is a hit as well: what contradicts is said, and takes nothing away.
      const score = documentScore + Math.max(0, before?.score ?? 0)
      keep(best, entry, score, ['document-number', ...(before?.reasons ?? [])])
    })
  }
}

/**
 * Screens the persons of one flight. Exit: per person, in order, the candidates with `least` bits or more, best first,
 * at most 20. Every one is a question to a human, with reasons; none is a decision.
 */
export function screenFlight(
  screen: Screen,
  persons: readonly Person[],
  least: number = thresholdFor(screen.index.rows),
): readonly (readonly Candidate[])[] {
  return persons.map((person) => {
    const best = new Map<number, Best>()
    byNames(screen, person, least, best)
    byDocuments(screen.index, person, best)
    return [...best]
      .filter(([, { score }]) => score >= least)
      .sort(([, one], [, other]) => other.score - one.score)
      .slice(0, MOST_CANDIDATES)
      .map(([entry, { score, reasons }]) => ({
        reference: screen.index.references[entry] ?? '',
        score: Math.round(score * 10) / 10,
        reasons,
      }))
  })
}

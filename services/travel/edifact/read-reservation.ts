import { EDIFACT_LIMITS } from './limits.ts'
import { type DocumentLine, readDocs } from './read-docs.ts'
import { readLeg } from './read-leg.ts'
import { type Position, refuse } from './refusal.ts'
import type { RepairList } from './repair-list.ts'
import { component, components, type Segment } from './segment.ts'
import { type Leg, type Open, present, type Traveller } from './traveller.ts'

/** One reservation, as far as people are found by it. What else was listed stays in `segments`. */
export interface Reservation {
  /** `carrier:code`. */
  readonly locators: readonly string[]
  readonly itinerary: readonly Leg[]
  readonly travellers: readonly Traveller[]
  readonly segments: readonly Segment[]
  readonly at: Position
}

interface Named {
  readonly traveller: Open<Traveller>
  /** Traveller reference number 9944, which SSR names; empty when none was given. */
  readonly reference: string
}

/** Titles that systems glue to or put behind the given name. */
const TITLE = /(?:\s+|(?<=[A-Z]{2}))(?:MRS|MISS|MSTR|MR|MS|DR|CHD|INF|PROF)$/

/** TIF: `SURNAME:I`, `GIVEN TITLE:type:reference`. */
function readTraveller(segment: Segment): Named {
  const surname = component(segment, 0)
  const [given = '', , reference = ''] = components(segment, 1).map((part) => part.trim())
  if (surname === '') refuse('EDI_VALUE', segment.at)
  const plain = given.replace(TITLE, '').trim()
  const traveller: Open<Traveller> = {
    surname,
    given: plain === '' ? given : plain,
    kind: 'passenger',
    documents: [],
    at: segment.at,
  }
  return { traveller, reference }
}

/** The same surname, as far as systems keep it: letters only, and long ones cut. */
function sameSurname(a: string, b: string): boolean {
  const [short = '', long = ''] = [a, b]
    .map((name) => name.toUpperCase().replace(/[^\p{L}]/gu, ''))
    .sort((one, other) => one.length - other.length)
  return short !== '' && (short === long || (short.length > 4 && long.startsWith(short)))
}

/** Who a document is of: the traveller it refers to, else the one in whose group it stands, else the only of that name. */
function ownerOf(reference: string, surname: string, named: readonly Named[], within: Named | undefined) {
  const byReference = reference === '' ? [] : named.filter((one) => one.reference === reference)
  if (byReference.length === 1) return byReference[0]
  if (within && sameSurname(within.traveller.surname ?? '', surname)) return within
  const byName = named.filter((one) => sameSurname(one.traveller.surname ?? '', surname))
  return byName.length === 1 ? byName[0] : undefined
}

function addDocument(owner: Open<Traveller>, line: DocumentLine): void {
  owner.gender ??= line.gender
  owner.birthDate ??= line.birthDate
  owner.nationality ??= line.nationality
  const documents = owner.documents ?? []
  const { document } = line
  if (!document || documents.length >= EDIFACT_LIMITS.documents) return
  if (documents.some((one) => one.number === document.number && one.type === document.type)) return
  owner.documents = [...documents, document]
}

interface Line {
  readonly segment: Segment
  /** The TIF group in which it stood, when it stood in one. */
  readonly within: Named | undefined
}

/** Lines that belong to nobody are kept as travellers of their own: someone named is someone to screen. */
function readDocsLines(lines: readonly Line[], named: readonly Named[], year: number, repairs: RepairList) {
  const others: Open<Traveller>[] = []
  for (const { segment, within } of lines) {
    const line = readDocs(component(segment, 0, 8), year)
    if (!line) {
      repairs.note('unreadable-travel-document', segment.at)
      continue
    }
    const reference = segment.elements[1]?.[0]?.[2]?.trim() ?? ''
    const owner = ownerOf(reference, line.surname, named, within)
    if (owner) addDocument(owner.traveller, line)
    else {
      const { surname, given } = line
      const other: Open<Traveller> = { surname, given, kind: 'passenger', documents: [], at: segment.at }
      addDocument(other, line)
      others.push(other)
    }
  }
  return others
}

/**
 * Reads the segments from one SRC to before the next. `year` is that of the flight. Unreadable DOCS lines are noted
 * and left unread. Throws `EdifactRefusal` for a traveller without a name.
 */
export function readReservation(group: readonly Segment[], year: number, repairs: RepairList): Reservation {
  const named: Named[] = []
  const itinerary: Leg[] = []
  const locators = new Set<string>()
  const lines: Line[] = []
  let within: Named | undefined
  let checkedIn = false
  for (const segment of group) {
    if (segment.tag === 'RCI')
      for (const element of segment.elements)
        if (element[0]?.[1]) locators.add(`${element[0][0] ?? ''}:${element[0][1]}`)
    // Check-in data (after TRI) repeat names that TIF already gave.
    if (segment.tag === 'TRI') checkedIn = true
    if (segment.tag === 'TIF' && !checkedIn) {
      within = readTraveller(segment)
      named.push(within)
    }
    if (segment.tag === 'TVL') {
      within = undefined
      const leg = readLeg(segment)
      if (leg && itinerary.length < EDIFACT_LIMITS.legs) itinerary.push(leg)
    }
    if (segment.tag === 'SSR' && component(segment, 0) === 'DOCS') lines.push({ segment, within })
  }
  const others = readDocsLines(lines, named, year, repairs)
  const locator = [...locators][0]?.split(':')[1]
  const travellers = [...named.map((one) => one.traveller), ...others].map((one) =>
    present<Traveller>({ ...one, locator }),
  )
  const at = group[0]?.at ?? { segment: 0, tag: '', offset: 0 }
  return { locators: [...locators], itinerary, travellers, segments: group, at }
}

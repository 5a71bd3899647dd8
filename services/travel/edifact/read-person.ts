import { EDIFACT_LIMITS } from './limits.ts'
import { readDate } from './read-date.ts'
import { refuse } from './refusal.ts'
import type { RepairList } from './repair-list.ts'
import { component, components, type Segment } from './segment.ts'
import { type Gender, type Open, present, type TravelDocument, type Traveller } from './traveller.ts'

/** Segments of PAXLST in the directories D.02B to D.15B. */
export const PAXLST_TAGS: ReadonlySet<string> = new Set(
  'BGM RFF DTM NAD COM TDT LOC ATT MEA GEI FTX EMP NAT DOC CPI QTY CNT AUT'.split(' '),
)

/** NAD 3035. */
const KINDS: Readonly<Record<string, Traveller['kind']>> = {
  FL: 'passenger',
  FM: 'crew',
  DDU: 'transit-passenger',
  DDT: 'transit-crew',
}

const GENDERS: Readonly<Record<string, Gender>> = { F: 'female', M: 'male', U: 'unknown', X: 'other' }

function readName(segment: Segment, repairs: RepairList): { surname: string; given: string } {
  const parts = components(segment, 3).map((part) => part.trim())
  const [first = '', ...rest] = parts
  const given = rest.filter((part) => part !== '').join(' ')
  if (given === '' && first.includes('/')) {
    repairs.note('name-by-slash', segment.at)
    const [surname = '', ...names] = first.split('/')
    return { surname: surname.trim(), given: names.join(' ').trim() }
  }
  return { surname: first, given }
}

/** LOC 3227 of a person. */
const PLACES: Readonly<Record<string, 'clears' | 'residence' | 'embarks' | 'disembarks' | 'birthPlace'>> = {
  '22': 'clears',
  '174': 'residence',
  '178': 'embarks',
  '179': 'disembarks',
  '180': 'birthPlace',
}

function readPlace(person: Open<Traveller>, segment: Segment): void {
  const member = PLACES[component(segment, 0)]
  if (member === undefined) return
  person[member] = [component(segment, 1), component(segment, 1, 3)].find((text) => text !== '')
}

/** Group 5: DOC with its DTM+36 (expiry) and LOC+91 (issuer). */
function inDocument(
  document: Open<TravelDocument>,
  segment: Segment,
  year: number,
  repairs: RepairList,
): boolean {
  if (segment.tag === 'LOC' && component(segment, 0) === '91') {
    document.issuer = component(segment, 1) || undefined
    return true
  }
  if (segment.tag !== 'DTM' || component(segment, 0) !== '36') return false
  document.expires = readDate(component(segment, 0, 1), component(segment, 0, 2), year, 'expiry')
  if (document.expires === undefined) repairs.note('unreadable-document-date', segment.at)
  return true
}

function inPerson(person: Open<Traveller>, segment: Segment, year: number, repairs: RepairList): void {
  const value = component(segment, 0, 1)
  switch (segment.tag) {
    case 'ATT': {
      if (component(segment, 0) !== '2') return
      person.gender = GENDERS[component(segment, 2)]
      if (person.gender === undefined) repairs.note('unknown-gender', segment.at)
      return
    }
    case 'DTM': {
      if (component(segment, 0) !== '329') return
      person.birthDate = readDate(value, component(segment, 0, 2), year, 'birth')
      if (person.birthDate === undefined) repairs.note('unreadable-birth-date', segment.at)
      return
    }
    case 'NAT':
      person.nationality = component(segment, 1) || undefined
      return
    case 'LOC':
      readPlace(person, segment)
      return
    case 'RFF': {
      if (component(segment, 0) === 'AVF') person.locator = value || undefined
      if (component(segment, 0) === 'SEA') person.seat = value || undefined
      return
    }
  }
}

/**
 * Reads group 4 of PAXLST: a NAD of a person and what follows it. `year` is that of the flight. Unreadable dates and
 * genders are left out and noted; a person without a name or of an unknown kind is refused.
 */
export function readPerson(group: readonly Segment[], year: number, repairs: RepairList): Traveller {
  const [head, ...rest] = group
  if (head?.tag !== 'NAD') throw new TypeError('a person begins with NAD')
  const kind = KINDS[component(head, 0)]
  const { surname, given } = readName(head, repairs)
  if (kind === undefined || surname === '') return refuse('EDI_VALUE', head.at)
  const person: Open<Traveller> = { surname, given, kind, documents: [], at: head.at }
  const documents: Open<TravelDocument>[] = []
  for (const segment of rest) {
    const open = documents.at(-1)
    if (segment.tag === 'DOC') {
      const number = component(segment, 1)
      if (documents.length >= EDIFACT_LIMITS.documents) refuse('EDI_SIZE', segment.at)
      if (number === '') refuse('EDI_VALUE', segment.at)
      documents.push({ type: component(segment, 0), number })
    } else if (!open || !inDocument(open, segment, year, repairs)) inPerson(person, segment, year, repairs)
  }
  return present<Traveller>({ ...person, documents: documents.map(present<TravelDocument>) })
}

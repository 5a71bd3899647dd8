import { EDIFACT_LIMITS } from './limits.ts'
import { readTime } from './read-date.ts'
import type { Message } from './read-interchange.ts'
import { PAXLST_TAGS, readPerson } from './read-person.ts'
import { refuse } from './refusal.ts'
import { type RepairList, repairList } from './repair-list.ts'
import { component, type Segment } from './segment.ts'
import type { Leg, Traveller } from './traveller.ts'

export interface PassengerList {
  /** BGM 1001: 745 passengers, 250 crew, 266 close of the flight … as sent. */
  readonly document: string
  readonly purpose: string
  readonly reference: string
  readonly legs: readonly Leg[]
  readonly persons: readonly Traveller[]
}

interface OpenLeg {
  flight: string
  carrier: string
  from: string
  to: string
  departs: string | undefined
  arrives: string | undefined
}

/** LOC 3227 of a leg: 125 last departure before the border, 87 first arrival after it, 92 the others in turn. */
function placeInLeg(leg: OpenLeg, segment: Segment): void {
  const place = component(segment, 1)
  const role = component(segment, 0)
  if (role === '125' || (role === '92' && leg.from === '')) leg.from = place
  else if (role === '87' || role === '92') leg.to = place
  else refuse('EDI_VALUE', segment.at)
}

function timeInLeg(leg: OpenLeg, segment: Segment, repairs: RepairList): void {
  const role = component(segment, 0, 0)
  if (role !== '189' && role !== '232') return
  const time = readTime(component(segment, 0, 1))
  if (time === undefined) repairs.note('unreadable-flight-time', segment.at)
  if (role === '189') leg.departs = time
  else leg.arrives = time
}

function closedLeg(leg: OpenLeg, at: Segment): Leg {
  if (!/^[A-Z]{3,4}$/.test(leg.from) || !/^[A-Z]{3,4}$/.test(leg.to)) refuse('EDI_VALUE', at.at)
  const { departs, arrives, ...rest } = leg
  return { ...rest, ...(departs ? { departs } : {}), ...(arrives ? { arrives } : {}) }
}

/** Group 2 of the PAXLST guide: TDT, then LOC and DTM pairs. */
function readLegs(segments: readonly Segment[], repairs: RepairList): readonly Leg[] {
  const legs: Leg[] = []
  let head: Segment | undefined
  let leg: OpenLeg | undefined
  for (const segment of segments) {
    if (segment.tag === 'TDT') {
      if (leg && head) legs.push(closedLeg(leg, head))
      if (legs.length >= EDIFACT_LIMITS.legs) refuse('EDI_SIZE', segment.at)
      head = segment
      const flight = component(segment, 1)
      if (!/^[A-Z0-9]{2,10}$/.test(flight)) refuse('EDI_VALUE', segment.at)
      leg = {
        flight,
        carrier: component(segment, 4),
        from: '',
        to: '',
        departs: undefined,
        arrives: undefined,
      }
    } else if (leg && segment.tag === 'LOC') placeInLeg(leg, segment)
    else if (leg && segment.tag === 'DTM') timeInLeg(leg, segment, repairs)
  }
  if (leg && head) legs.push(closedLeg(leg, head))
  return legs
}

/** Segments from each NAD that is a person to the one before the next. */
function personGroups(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const groups: Segment[][] = []
  for (const segment of segments) {
    if (segment.tag === 'NAD') groups.push([])
    if (groups.length > EDIFACT_LIMITS.persons) refuse('EDI_SIZE', segment.at)
    groups.at(-1)?.push(segment)
  }
  return groups
}

/** CNT 6069: 41 crew, 42 passengers. */
function checkTotals(message: Message, persons: readonly Traveller[], repairs: RepairList): void {
  let confirmed = 0
  for (const segment of message.segments.filter(({ tag }) => tag === 'CNT')) {
    const kind = component(segment, 0, 0)
    const inside = component(segment, 0, 1)
    if (inside === '' && component(segment, 1) !== '') repairs.note('control-total-form', segment.at)
    if (kind !== '41' && kind !== '42') continue
    const wanted = persons.filter((person) => person.kind.endsWith('crew') === (kind === '41')).length
    if (Number(inside || component(segment, 1) || 'none') !== wanted) refuse('EDI_COUNT', segment.at)
    confirmed += wanted
  }
  if (message.countAgrees) return
  // Two counts were sent, and a list is of passengers or of crew (guide, BGM): one that agrees shows that nobody is
  // missing, none shows nothing.
  if (confirmed !== persons.length || persons.length === 0) refuse('EDI_COUNT', message.closed)
  repairs.note('segment-count', message.closed)
}

/**
 * Reads a PAXLST message (WCO/IATA/ICAO guide; D.02B to D.15B are alike in what is used). Entry: a message of
 * `readInterchange`. Exit: the control totals agree with the persons. Throws `EdifactRefusal`.
 */
export function readPaxlst(message: Message, repairs: RepairList = repairList()): PassengerList {
  if (message.type !== 'PAXLST') refuse('EDI_MESSAGE_TYPE', message.opened)
  const { segments } = message
  const foreign = segments.find(({ tag }) => !PAXLST_TAGS.has(tag))
  if (foreign) refuse('EDI_TAG', foreign.at)
  const [begin] = segments
  if (begin?.tag !== 'BGM') return refuse('EDI_ORDER', begin?.at ?? message.opened)
  const flightAt = segments.findIndex(({ tag }) => tag === 'TDT')
  if (flightAt === -1) refuse('EDI_TRUNCATED', message.closed)
  const afterFlight = segments.findIndex(({ tag }, index) => index > flightAt && tag === 'NAD')
  const end = afterFlight === -1 ? segments.length : afterFlight
  const legs = readLegs(segments.slice(flightAt, end), repairs)
  const year = Number((legs[0]?.departs ?? legs[0]?.arrives ?? '').slice(0, 4))
  if (!(year > 0)) refuse('EDI_VALUE', segments[flightAt]?.at ?? message.opened)
  const persons = personGroups(segments.slice(end)).map((group) => readPerson(group, year, repairs))
  checkTotals(message, persons, repairs)
  const reference = segments.slice(0, flightAt).find((s) => s.tag === 'RFF' && component(s, 0) === 'TN')
  return {
    document: component(begin, 0),
    purpose: component(begin, 1),
    reference: reference ? component(reference, 0, 1) : message.reference,
    legs,
    persons,
  }
}

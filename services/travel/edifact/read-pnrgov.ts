import { EDIFACT_LIMITS } from './limits.ts'
import type { Message } from './read-interchange.ts'
import { readLeg } from './read-leg.ts'
import { type Reservation, readReservation } from './read-reservation.ts'
import { type Position, refuse } from './refusal.ts'
import { type RepairList, repairList } from './repair-list.ts'
import { component, type Segment } from './segment.ts'
import type { Leg } from './traveller.ts'

/** Segments of PNRGOV, releases 10.1 to 17.1. */
export const PNRGOV_TAGS: ReadonlySet<string> = new Set(
  (
    'MSG ORG TVL EQN SRC RCI SSR DAT IFT ADD EBD TIF FTI REF FAR TKT MON PTK TXD FOP TRA RPI APD SSD TBD TRI SAC ' +
    'LTS ABI'
  ).split(' '),
)

export interface PnrPush {
  readonly flight: Leg
  /** Of a push in several messages: which, and whether it is the last. Counts are of the whole push. */
  readonly part: { readonly number: number; readonly last: boolean; readonly only: boolean }
  /** EQN: how many reservations the whole push has. */
  readonly announced: number
  readonly reservations: readonly Reservation[]
}

function partOf(message: Message): PnrPush['part'] {
  const { number, mark } = message.transfer
  const only = number === '' || (Number(number) === 1 && mark === 'F')
  return { number: Number(number) || 1, last: only || mark === 'F', only }
}

/** One list of segments per SRC, which opens a reservation. */
function reservationGroups(segments: readonly Segment[]): readonly (readonly Segment[])[] {
  const groups: Segment[][] = []
  for (const segment of segments) {
    if (segment.tag === 'SRC') groups.push([])
    if (groups.length > EDIFACT_LIMITS.records) refuse('EDI_SIZE', segment.at)
    groups.at(-1)?.push(segment)
  }
  return groups
}

function announcedBy(head: readonly Segment[], at: Position): number {
  const equation = head.find(({ tag }) => tag === 'EQN')
  const count = equation ? component(equation, 0) : ''
  if (!/^\d{1,6}$/.test(count)) return refuse('EDI_VALUE', equation?.at ?? at)
  return Number(count)
}

/**
 * Reads a PNRGOV message (IATA PADIS guide). Entry: a message of `readInterchange`, better one that
 * `stripReservations` went over. Exit: a push in one message has as many reservations as EQN announces.
 * Throws `EdifactRefusal`.
 */
export function readPnrgov(message: Message, repairs: RepairList = repairList()): PnrPush {
  if (message.type !== 'PNRGOV') refuse('EDI_MESSAGE_TYPE', message.opened)
  const { segments } = message
  const foreign = segments.find(({ tag }) => !PNRGOV_TAGS.has(tag))
  if (foreign) refuse('EDI_TAG', foreign.at)
  if (segments[0]?.tag !== 'MSG') refuse('EDI_ORDER', segments[0]?.at ?? message.opened)
  if (!message.countAgrees) refuse('EDI_COUNT', message.closed)
  const first = segments.findIndex(({ tag }) => tag === 'SRC')
  const head = first === -1 ? segments : segments.slice(0, first)
  const flightAt = head.find(({ tag }) => tag === 'TVL')
  if (!flightAt) return refuse('EDI_TRUNCATED', message.closed)
  const flight = readLeg(flightAt)
  const year = Number(flight?.departs?.slice(0, 4))
  if (!flight || !(year > 0)) return refuse('EDI_VALUE', flightAt.at)
  const groups = first === -1 ? [] : reservationGroups(segments.slice(first))
  const announced = announcedBy(head, message.opened)
  const part = partOf(message)
  if (part.only ? groups.length !== announced : groups.length > announced) refuse('EDI_COUNT', message.closed)
  return {
    flight,
    part,
    announced,
    reservations: groups.map((group) => readReservation(group, year, repairs)),
  }
}

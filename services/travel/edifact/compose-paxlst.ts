import type { PassengerList } from './read-paxlst.ts'
import type { Traveller } from './traveller.ts'
import { segment, type WrittenSegment, writeSegments } from './write-segments.ts'

/** What a carrier sends: everything of a passenger list, but the places where things stood. */
export interface Manifest extends Omit<PassengerList, 'persons'> {
  readonly sender: string
  readonly recipient: string
  /** `yymmdd` and `hhmm`. */
  readonly prepared: readonly [string, string]
  /** Of interchange, group and message; at most 14 characters. */
  readonly control: string
  readonly persons: readonly Omit<Traveller, 'at'>[]
}

const KINDS: Readonly<Record<Traveller['kind'], string>> = {
  passenger: 'FL',
  crew: 'FM',
  'transit-passenger': 'DDU',
  'transit-crew': 'DDT',
}
const GENDERS = { female: 'F', male: 'M', other: 'X', unknown: 'U' } as const

const compact = (date: string): string => `${date.replaceAll('-', '')}00000000`.slice(0, 8)
const stamp = (time: string): string => time.replace(/\D/g, '').slice(2)

function placed(role: string, place: string | undefined): readonly WrittenSegment[] {
  return place === undefined ? [] : [segment('LOC', role, place)]
}

function personSegments(person: Omit<Traveller, 'at'>): readonly WrittenSegment[] {
  const { gender, birthDate, nationality, locator, seat } = person
  const name = person.given === '' ? [person.surname] : [person.surname, person.given]
  return [
    segment('NAD', KINDS[person.kind], '', '', name),
    ...(gender ? [segment('ATT', '2', '', GENDERS[gender])] : []),
    ...(birthDate ? [segment('DTM', ['329', compact(birthDate), '102'])] : []),
    ...placed('22', person.clears),
    ...placed('174', person.residence),
    ...placed('178', person.embarks),
    ...placed('179', person.disembarks),
    ...(person.birthPlace ? [segment('LOC', '180', ['', '', '', person.birthPlace])] : []),
    ...(nationality ? [segment('NAT', '2', nationality)] : []),
    ...(locator ? [segment('RFF', ['AVF', locator])] : []),
    ...(seat ? [segment('RFF', ['SEA', seat])] : []),
    ...person.documents.flatMap(({ type, number, issuer, expires }) => [
      segment('DOC', [type, '110', '111'], number),
      ...(expires ? [segment('DTM', ['36', compact(expires), '102'])] : []),
      ...placed('91', issuer),
    ]),
  ]
}

/**
 * A PAXLST interchange (D.05B, as the WCO/IATA/ICAO guide lays it out), in ISO 8859-1 or less. Entry: values of at
 * most the lengths the guide gives; times present on each leg. Reading it gives the same list.
 */
export function composePaxlst(manifest: Manifest): string {
  const { sender, recipient, control, prepared, legs, persons } = manifest
  const crew = persons.filter(({ kind }) => kind.endsWith('crew')).length
  const body: readonly WrittenSegment[] = [
    segment('BGM', manifest.document, ...(manifest.purpose ? [manifest.purpose] : [])),
    segment('RFF', ['TN', manifest.reference]),
    ...legs.flatMap((leg) => [
      segment('TDT', '20', leg.flight, '', '', leg.carrier),
      segment('LOC', '125', leg.from),
      ...(leg.departs ? [segment('DTM', ['189', stamp(leg.departs), '201'])] : []),
      segment('LOC', '87', leg.to),
      ...(leg.arrives ? [segment('DTM', ['232', stamp(leg.arrives), '201'])] : []),
    ]),
    ...persons.flatMap(personSegments),
    ...(crew > 0 ? [segment('CNT', ['41', String(crew)])] : []),
    ...(crew < persons.length ? [segment('CNT', ['42', String(persons.length - crew)])] : []),
  ]
  return writeSegments([
    segment('UNB', ['UNOC', '4'], [sender, 'ZZ'], [recipient, 'ZZ'], prepared, control, '', 'APIS'),
    segment('UNG', 'PAXLST', [sender, 'ZZ'], [recipient, 'ZZ'], prepared, control, 'UN', ['D', '05B']),
    segment('UNH', control, ['PAXLST', 'D', '05B', 'UN', 'IATA']),
    ...body,
    segment('UNT', String(body.length + 2), control),
    segment('UNE', '1', control),
    segment('UNZ', '1', control),
  ])
}

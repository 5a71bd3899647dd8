import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { readInterchange } from '#services/travel/edifact/read-interchange.ts'
import { readPaxlst } from '#services/travel/edifact/read-paxlst.ts'
import { readSegments } from '#services/travel/edifact/read-segments.ts'
import { EdifactRefusal } from '#services/travel/edifact/refusal.ts'
import { repairList } from '#services/travel/edifact/repair-list.ts'

const EXT = new URL('../../../shared/ext/paxlst/', import.meta.url)
const bytes = (path: string): Uint8Array => readFileSync(new URL(path, EXT))

/** What GTAS's own messages say: flights, persons, and which warts had to be mended. */
const GTAS: Readonly<Record<string, { legs: string[]; persons: string[]; repairs: string[] }>> = {
  'gtas-Test1.txt': {
    legs: ['UA0989 FRA-IAD 2017-01-27T17:25'],
    persons: [
      'crew Steur',
      'crew Adomat',
      'crew Nalek',
      'crew Meissener',
      'crew Pelzing',
      'crew Merfort',
      'crew Sautter',
      'crew Zschieschak',
    ],
    repairs: [
      'outside-repertoire',
      'trailer-reference',
      'trailer-reference',
      'control-total-form',
      'segment-count',
    ],
  },
  'gtas-apisMessage.txt': {
    legs: ['AA123 ATL-ORD 2007-02-19T15:40', 'AA124 ORD-JFK 2007-02-19T18:40'],
    persons: ['passenger CLARK', 'passenger CLARK'],
    repairs: [],
  },
  'gtas-multiple_flight_leg.txt': {
    legs: [
      'QQ877 MIA-IAD 2008-07-10T15:00',
      'QQ827 IAD-JFK 2008-08-10T18:30',
      'QQ827 JFK-CDG 2008-08-10T20:00',
    ],
    persons: ['passenger BARRETT', 'passenger LANG'],
    repairs: ['noise-after'],
  },
}

function refusalOf(path: string): EdifactRefusal | undefined {
  try {
    const [message] = readInterchange(bytes(path)).messages
    if (message) readPaxlst(message)
    return undefined
  } catch (error) {
    if (error instanceof EdifactRefusal) return error
    throw error
  }
}

it('agrees with messages that nobody here wrote (US-CBP/GTAS, janotaz/ediclean)', () => {
  if (!existsSync(EXT)) {
    console.log('NOT RUN: no ../shared/ext')
    expect(process.env['CI']).not.toBe('true')
    return
  }
  let agree = 0
  for (const name of ['A', 'C', 'E']) {
    const plain = (path: string) => readSegments(bytes(path)).segments.map((s) => [s.tag, s.elements])
    expect(plain(`mangled/${name}.txt`)).toEqual(plain(`reference/${name}.txt`))
    agree += 1
    // Passengers were cut out of them and the counts left: such a list is not read as if it were whole.
    const refusal = refusalOf(`mangled/${name}.txt`)
    expect(refusal?.code).toBe('EDI_COUNT')
    expect(refusal?.at.tag).toBe('CNT')
  }
  for (const [name, wanted] of Object.entries(GTAS)) {
    const repairs = repairList()
    const [message] = readInterchange(bytes(name), repairs).messages
    if (!message) throw new Error('no message')
    const list = readPaxlst(message, repairs)
    expect({
      legs: list.legs.map((leg) => `${leg.flight} ${leg.from}-${leg.to} ${leg.departs}`),
      persons: list.persons.map((person) => `${person.kind} ${person.surname}`),
      repairs: repairs.all().map((repair) => repair.name),
    }).toEqual(wanted)
    agree += 1
  }
  console.log(`paxlst: ${agree} agree / 6 cases / 0 excused`)
})

import { describe, expect, it } from 'vitest'
import { readInterchange } from '#services/travel/edifact/read-interchange.ts'
import { readPnrgov } from '#services/travel/edifact/read-pnrgov.ts'
import { EdifactRefusal } from '#services/travel/edifact/refusal.ts'
import { repairList } from '#services/travel/edifact/repair-list.ts'
import { stripReservations } from '#services/travel/strip-reservations.ts'

/** Segments of two reservations as airlines' systems lay them out; nobody in it exists. */
const BODY = [
  'MSG+:22',
  'ORG+1A:MUC',
  'TVL+010326:1640:010326:2200+AMS+MNL+EX+101',
  'EQN+2',
  'SRC',
  'RCI+1A:2LS6KP::200226:0439+EX:EDP2RW',
  'DAT+700:010326:0718',
  'TIF+DOE:I+JANMR:A:1',
  'TIF+DOE:I+JANE MRS:A:2',
  'FTI+EX:314655277',
  'IFT+4:28::EX+PASSENGER LIKES THE WINDOW',
  'IFT+4:28::EX+NEEDS WHEELCHAIR TO GATE',
  'TVL+010326:1640:010326:2200+AMS+MNL+EX+101:B',
  'RPI+1+HK',
  'SSR+DOCS:HK:1:EX:::AMS:MNL:/P/NLD/XX1234567/NLD/10SEP72/M/05JUL31/DOE/JAN+::1',
  'SSR+DOCS:HK:1:EX:::AMS:MNL:/P/NLD/XX7654321/NLD/11OCT74/F/05JUL31/DOE/JANE+::2',
  'SSR+KSML:HK:1:EX+::1',
  'SSR+WCHR:HK:1:EX+::2',
  'SSR+ZZZZ:HK:1:EX+::2',
  'SSR+SEAT:HK:1:EX:::AMS:MNL+14C::1:N',
  'TRI++AMS-188:::1',
  'TIF+DOE:I+JANMR:A:1',
  'LTS+14/A/SR/SSR WCHREXHK1',
  'LTS+0/O/NM/DOE/JANMR',
  'SRC',
  'RCI+1A:3PGZOV',
  'TIF+SAMPLE:I+ANNE:A',
  'SSR+DOCS:HK:1:EX:::::P/PHL/EB0000001/PHL/01JAN80/F/01JAN30/SAMPLE/ANNE',
  'SSR+DOCS:HK:1:EX:::::/P/PHL/EB0000002/PHL/03FEB82/M/01JAN30/OTHER/PERSON',
] as const

function file(body: readonly string[] = BODY, unh = 'UNH+1+PNRGOV:11:1:IA+010326/0754/EX/101'): Uint8Array {
  const head = "UNA:+.?*'UNB+IATA:1+1A+NLPNR+260301:0754+0003'"
  return Buffer.from(`${head}${unh}'${body.join("'")}'UNT+${body.length + 2}+1'UNZ+1+0003'`)
}

function read(bytes: Uint8Array) {
  const repairs = repairList()
  const [message] = readInterchange(bytes, repairs).messages
  if (!message) throw new Error('no message')
  return { message, push: readPnrgov(message, repairs), repairs: repairs.all().map((one) => one.name) }
}

function code(bytes: Uint8Array): string {
  try {
    read(bytes)
  } catch (error) {
    if (error instanceof EdifactRefusal) return `${error.code} ${error.at.tag}`
    throw error
  }
  return 'read'
}

const replaced = (from: string, to: string): Uint8Array =>
  file(BODY.map((line) => (line === from ? to : line)))

describe('PNRGOV refuses', () => {
  const cases: Readonly<Record<string, readonly [Uint8Array, string]>> = {
    'another count of reservations': [replaced('EQN+2', 'EQN+3'), 'EDI_COUNT UNT'],
    'no count of reservations': [file(BODY.filter((line) => line !== 'EQN+2')), 'EDI_VALUE UNH'],
    'a flight that is none': [
      replaced('TVL+010326:1640:010326:2200+AMS+MNL+EX+101', 'TVL+010326+AMS'),
      'EDI_VALUE TVL',
    ],
    'a traveller without a name': [replaced('TIF+SAMPLE:I+ANNE:A', 'TIF++ANNE:A'), 'EDI_VALUE TIF'],
    'a segment of other messages': [replaced('RPI+1+HK', 'NAD+FL'), 'EDI_TAG NAD'],
    'a last part with more than was announced': [
      file(
        BODY.map((line) => (line === 'EQN+2' ? 'EQN+1' : line)),
        'UNH+1+PNRGOV:11:1:IA+X+02:F',
      ),
      'EDI_COUNT UNT',
    ],
  }
  it.each(Object.entries(cases))('%s', (_name, [bytes, wanted]) => expect(code(bytes)).toBe(wanted))
})

describe('PNRGOV', () => {
  it('tells flight, reservations, travellers and their documents', () => {
    const { push, repairs } = read(file())
    expect(repairs).toEqual([])
    expect(push.flight).toMatchObject({
      flight: 'EX101',
      from: 'AMS',
      to: 'MNL',
      departs: '2026-03-01T16:40',
    })
    const [first, second] = push.reservations
    expect(first?.locators).toEqual(['1A:2LS6KP', 'EX:EDP2RW'])
    expect(first?.itinerary).toHaveLength(1)
    expect(first?.travellers.map(({ at: _at, ...traveller }) => traveller)).toEqual([
      {
        surname: 'DOE',
        given: 'JAN',
        kind: 'passenger',
        locator: '2LS6KP',
        gender: 'male',
        birthDate: '1972-09-10',
        nationality: 'NLD',
        documents: [{ type: 'P', number: 'XX1234567', issuer: 'NLD', expires: '2031-07-05' }],
      },
      {
        surname: 'DOE',
        given: 'JANE',
        kind: 'passenger',
        locator: '2LS6KP',
        gender: 'female',
        birthDate: '1974-10-11',
        nationality: 'NLD',
        documents: [{ type: 'P', number: 'XX7654321', issuer: 'NLD', expires: '2031-07-05' }],
      },
    ])
    // Somebody whom only a document names is somebody to screen, never somebody else's document.
    expect(second?.travellers.map((one) => `${one.surname} ${one.documents[0]?.number}`)).toEqual([
      'SAMPLE EB0000001',
      'OTHER EB0000002',
    ])
  })

  it('notes documents it cannot read', () => {
    const bad = BODY[14]
    const { repairs, push } = read(replaced(bad, bad.replace('10SEP72', '10SOP72')))
    expect(repairs).toEqual(['unreadable-travel-document'])
    expect(push.reservations[0]?.travellers[0]?.documents).toEqual([])
  })

  it('takes a part of a push as a part', () => {
    const { push } = read(
      file(
        BODY.map((line) => (line === 'EQN+2' ? 'EQN+188' : line)),
        'UNH+1+PNRGOV:11:1:IA+EX0101/010326/1640+01:C',
      ),
    )
    expect(push.part).toEqual({ number: 1, last: false, only: false })
    expect(push.announced).toBe(188)
  })
})

describe('strip', () => {
  const { message } = read(file())
  const { message: kept, removed } = stripReservations(message)

  it('removes the sensitive and what is not listed, and says where and why only', () => {
    expect(removed.map(({ offset: _offset, ...one }) => one)).toEqual([
      { segment: 14, tag: 'IFT', why: 'sensitive', category: 'health' },
      { segment: 19, tag: 'SSR', why: 'sensitive', category: 'belief' },
      { segment: 20, tag: 'SSR', why: 'sensitive', category: 'health' },
      { segment: 21, tag: 'SSR', why: 'not-listed' },
      { segment: 25, tag: 'LTS', why: 'sensitive', category: 'health' },
    ])
    expect(JSON.stringify({ kept, removed })).not.toMatch(/WHEELCHAIR|KSML|WCHR|ZZZZ/)
  })

  it('leaves people and flights as they were', () => {
    const people = (push: ReturnType<typeof readPnrgov>) => push.reservations.map((one) => one.travellers)
    expect(people(readPnrgov(kept))).toEqual(people(readPnrgov(message)))
  })

  it('does not mistake a name on a document for a word', () => {
    const named = BODY[27]
    const { message: whole } = read(replaced(named, named.replace('SAMPLE/ANNE', 'SAMPLE/HALAL')))
    expect(stripReservations(whole).removed).toHaveLength(removed.length)
  })
})

import { describe, expect, it } from 'vitest'
import { readInterchange } from '#services/travel/edifact/read-interchange.ts'
import { readPaxlst } from '#services/travel/edifact/read-paxlst.ts'
import { EdifactRefusal } from '#services/travel/edifact/refusal.ts'
import { repairList } from '#services/travel/edifact/repair-list.ts'
import { folded, MANIFEST, paxlstBytes } from '../../support/travel-files.ts'

const text = Buffer.from(paxlstBytes()).toString('latin1')

function read(file: string) {
  const repairs = repairList()
  const [message] = readInterchange(Buffer.from(file, 'latin1'), repairs).messages
  if (!message) throw new Error('no message')
  return { list: readPaxlst(message, repairs), repairs: repairs.all().map((one) => one.name) }
}

function refusal(file: string): string {
  try {
    read(file)
  } catch (error) {
    if (!(error instanceof EdifactRefusal)) throw error
    return `${error.code} ${error.at.segment} ${error.at.tag} ${error.at.offset}`
  }
  return 'read'
}

/** Refused at the segment that begins at `offset` of `file`; its number is how many terminators stand before it. */
const at = (code: string, tag: string, offset: number, file = text) =>
  `${code} ${file.slice(0, offset).replaceAll("?'", '').split("'").length - 1} ${tag} ${offset}`

describe('a mangled list is refused by code, segment, tag and byte', () => {
  const short = text.replace(/NAD\+FL\+\+\+ÖZ[^']*'.*?(?=NAD)/, '')
  const secondNad = text.indexOf('NAD+FL', text.indexOf('NAD+FL') + 1)
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'nothing at all': ['', at('EDI_NO_INTERCHANGE', '', 0)],
    'a mail without a list': ['Dear sirs, see attached.', at('EDI_NO_INTERCHANGE', '', 0)],
    'service characters that are letters': [
      text.replace('UNA:+', 'UNAA+'),
      at('EDI_SERVICE_CHARACTERS', 'UNA', 0),
    ],
    'the same service character twice': [
      text.replace('UNA:+', 'UNA++'),
      at('EDI_SERVICE_CHARACTERS', 'UNA', 0),
    ],
    'an unknown charset': [text.replace('UNOC', 'UNOX'), at('EDI_CHARSET', 'UNB', 9)],
    'a tag that is none': [text.replace('BGM', 'B?M'), at('EDI_TAG', '', text.indexOf('BGM'))],
    'a segment of other messages': [text.replace('BGM+', 'LIN+'), at('EDI_TAG', 'LIN', text.indexOf('BGM'))],
    'cut off in a segment': [text.slice(0, secondNad + 9), at('EDI_TRUNCATED', 'NAD', secondNad)],
    'cut off after a segment': [text.slice(0, secondNad), at('EDI_TRUNCATED', 'LOC', secondNad - 11)],
    'a passenger missing': [short, at('EDI_COUNT', 'CNT', short.indexOf('CNT+42'), short)],
    'another message closed': [
      text.replace(/UNT.27.0+42/, 'UNT+27+0000000043'),
      at('EDI_REFERENCE', 'UNT', text.indexOf('UNT')),
    ],
    'more groups announced': [text.replace('UNZ+1', 'UNZ+2'), at('EDI_COUNT', 'UNZ', text.indexOf('UNZ'))],
    'a message within a message': [
      text.replace('BGM+745', "UNH+1+PAXLST'BGM+745"),
      at('EDI_ORDER', 'UNH', text.indexOf('BGM')),
    ],
    'a person without a name': [
      text.replace('+++VOORBEELD', ''),
      at('EDI_VALUE', 'NAD', text.indexOf('NAD+FM')),
    ],
    'a second list behind it': [text + text, at('EDI_SECOND_INTERCHANGE', '', text.length)],
    'a flight from nowhere': [
      text.replace('LOC+125+AMS', 'LOC+125+'),
      at('EDI_VALUE', 'TDT', text.indexOf('TDT')),
    ],
    'bytes that are no text': [text.replace('SIBEL', 'SIB\x81\xffEL'), at('EDI_CHARACTER', 'NAD', secondNad)],
  }
  it.each(Object.entries(cases))('%s', (_name, [file, wanted]) => expect(refusal(file)).toBe(wanted))

  it('names no value of the file', () => {
    try {
      read(text.replace('CNT+42:2', 'CNT+42:3'))
    } catch (error) {
      expect(String(error)).not.toMatch(/BEELDEN|XX1234567/)
    }
  })
})

describe('a list that can be mended is mended, by name', () => {
  const whole = read(text)
  const persons = (list: typeof whole.list) => list.persons.map(({ at: _at, ...person }) => person)

  it('reads what was composed', () => {
    expect(whole.repairs).toEqual([])
    expect(persons(whole.list)).toEqual(MANIFEST.persons)
    expect(whole.list.legs).toEqual(MANIFEST.legs)
    expect(whole.list.reference).toBe(MANIFEST.reference)
  })

  it.each([20, 40, 69, 80])('folded at %i characters, with telex heading and mail footer', (width) => {
    const mended = read(folded(text, width))
    expect(persons(mended.list)).toEqual(persons(whole.list))
    expect(mended.repairs).toEqual([
      'control-character',
      'noise-before',
      'line-break-in-segment',
      'noise-after',
    ])
  })

  const cases: Readonly<Record<string, readonly [string, string]>> = {
    'UNZ without its terminator': [text.slice(0, -1), 'last-terminator'],
    'small letters under UNOA': [
      text.replace('UNOC', 'UNOA').replace('SIBEL', 'Sibel').replaceAll(/[ÖÜ]/g, 'X'),
      'outside-repertoire',
    ],
    'Latin-1 under UNOA': [text.replace('UNOC', 'UNOA'), 'undeclared-latin-1'],
    'UTF-8 under UNOC': [Buffer.from(text, 'utf8').toString('latin1'), 'undeclared-utf-8'],
    'a wrong UNT count beside right totals': [text.replace(/UNT.\d+/, 'UNT+0099'), 'segment-count'],
    'a control total in an element of its own': [text.replace('CNT+42:2', 'CNT+42+2'), 'control-total-form'],
    'both names in one component': [text.replace('ÖZGÜL:SIBEL', 'ÖZGÜL/SIBEL'), 'name-by-slash'],
    'a birth date that is none': [text.replace('329:19740209', '329:19740231'), 'unreadable-birth-date'],
    'an expiry that is none': [text.replace('36:20310504', '36:SOON'), 'unreadable-document-date'],
    'an arrival that is none': [text.replace('232:2603020605', '232:2603022505'), 'unreadable-flight-time'],
    'a gender code that is none': [text.replace('ATT+2++F', 'ATT+2++Q'), 'unknown-gender'],
    'a trailer with another reference': [text.replace('UNE+1+0000000042', 'UNE+1+7'), 'trailer-reference'],
  }
  it.each(Object.entries(cases))('%s', (_name, [file, repair]) => {
    const mended = read(file)
    expect(mended.repairs).toEqual([repair])
    expect(mended.list.persons).toHaveLength(3)
  })

  it('reads six-digit birth dates as before the flight', () => {
    const dated = (six: string) =>
      read(text.replace('DTM+329:19740209:102', `DTM+329:${six}`)).list.persons[0]?.birthDate
    expect(dated('740209')).toBe('1974-02-09')
    expect(dated('260101')).toBe('2026-01-01')
    expect(dated('270101')).toBe('1927-01-01')
    expect(dated('740200')).toBe('1974-02')
  })
})

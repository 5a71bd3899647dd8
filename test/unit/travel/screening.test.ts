import { describe, expect, it } from 'vitest'
import { compareDates, datesLike, packDate } from '#services/travel/screening/birth-date.ts'
import { buildIndex } from '#services/travel/screening/build-index.ts'
import { consonantsOf, fold } from '#services/travel/screening/fold.ts'
import type { Listed, Person } from '#services/travel/screening/person.ts'
import { romanise } from '#services/travel/screening/romanise.ts'
import { openScreen, screenFlight } from '#services/travel/screening/screen-flight.ts'
import { similarity } from '#services/travel/screening/similarity.ts'
import { syntheticList } from '../../support/synthetic-list.ts'

function* crowd(): Generator<Listed> {
  for (const { listed } of syntheticList(5_000)) yield listed
}

const listed = (reference: string, surname: string, given: string, more: Partial<Listed> = {}): Listed => ({
  reference,
  names: [{ surname, given }],
  birthDate: '1974-02-09',
  documents: [],
  ...more,
})

const LIST: readonly Listed[] = [
  listed('CYR', 'Щербаченко', 'Юлія'),
  listed('GRK', 'Παπαδόπουλος', 'Γεώργιος'),
  listed('ARB', 'منصور', 'محمد يوسف'),
  listed('TUR', 'ÇAĞLAYAN', 'GÜLŞEN'),
  listed('NLD', 'VAN DER VOORBEELDEN', 'JAN PIETER'),
  listed('THA', 'สมมุติวงศ์', 'สมชาย'),
  listed('HAN', '欧阳', '小明', {
    names: [
      { surname: '欧阳', given: '小明' },
      { surname: 'OUYANG', given: 'XIAOMING' },
    ],
  }),
  listed('DOC', 'NOBODYOFTHATNAME', 'QUENTIN', { documents: ['XX-123 4567'] }),
  listed('YEAR', 'KWARTELSTEEN', 'ALBRECHT', { birthDate: '1974' }),
  {
    reference: 'NODATE',
    names: [{ surname: 'DRIEBERGENAAR', given: 'WILHELMINA' }],
    nationality: 'NLD',
    documents: [],
  },
]
const screen = openScreen(buildIndex([...crowd(), ...LIST]))

const passenger = (surname: string, given: string, more: Partial<Person> = {}): Person => ({
  names: [{ surname, given }],
  birthDate: '1974-02-09',
  documents: [],
  ...more,
})
const found = (...persons: Person[]) =>
  screenFlight(screen, persons).map((all) => all.map((one) => `${one.reference}: ${one.reasons.join(' ')}`))

describe('screening finds nobody', () => {
  const nobody: Readonly<Record<string, Person>> = {
    'with another name and the same birth date': passenger('ZWIJNENBURG', 'KLAASJE'),
    'with the same surname alone and another birth date': passenger('VAN DER VOORBEELDEN', 'ANNA', {
      birthDate: '1999-12-31',
    }),
    'with the same given name and birth date': passenger('ZWIJNENBURG', 'GÜLŞEN'),
    'with a document number too short to tell': passenger('ZWIJNENBURG', 'KLAASJE', { documents: ['XX1'] }),
    'with a document number that differs in one digit': passenger('ZWIJNENBURG', 'KLAASJE', {
      documents: ['XX1234568'],
    }),
    'without a name': passenger('', ''),
    'with a name of marks only': passenger('---', '...'),
  }
  it.each(Object.entries(nobody))('%s', (_name, person) => expect(found(person)).toEqual([[]]))

  it('in a list without entries', () => {
    expect(screenFlight(openScreen(buildIndex([])), [passenger('DOE', 'JAN')])).toEqual([[]])
  })
})

describe('screening finds', () => {
  const somebody: Readonly<Record<string, readonly [Person, string]>> = {
    'Cyrillic from a passport by another table': [passenger('SHCHERBACHENKO', 'YULIYA'), 'CYR'],
    'Greek from Latin': [passenger('PAPADOPOULOS', 'GEORGIOS'), 'GRK'],
    'Arabic without vowels': [passenger('MANSUR', 'MOHAMMED YOUSSEF'), 'ARB'],
    'Arabic spelled otherwise': [passenger('MANSOUR', 'MUHAMMAD YUSUF'), 'ARB'],
    'marks dropped': [passenger('CAGLAYAN', 'GULSEN'), 'TUR'],
    'marks as ICAO writes them': [passenger('CAGLAYAN', 'GUELSEN'), 'TUR'],
    'words glued': [passenger('VANDERVOORBEELDEN', 'JANPIETER'), 'NLD'],
    'changed over': [passenger('JAN PIETER', 'VAN DER VOORBEELDEN'), 'NLD'],
    'second given name missing': [passenger('VAN DER VOORBEELDEN', 'JAN'), 'NLD'],
    'letters misread': [passenger('VAN DER V00RBEELDEN', 'JAN PIETFR'), 'NLD'],
    'day and month swapped': [
      passenger('VAN DER VOORBEELDEN', 'JAN PIETER', { birthDate: '1974-09-02' }),
      'NLD',
    ],
    'a year off': [passenger('VAN DER VOORBEELDEN', 'JAN PIETER', { birthDate: '1975-02-09' }), 'NLD'],
    'Thai as written': [passenger('สมมุติวงศ์', 'สมชาย'), 'THA'],
    'Chinese as written': [passenger('欧阳', '小明'), 'HAN'],
    'Chinese by its Latin alias': [passenger('OUYANG', 'XIAOMING'), 'HAN'],
    'a document under another name': [
      passenger('ZWIJNENBURG', 'KLAASJE', { documents: ['xx1234567'] }),
      'DOC',
    ],
    'a list that knows the year only': [passenger('KWARTELSTEEN', 'ALBRECHT'), 'YEAR'],
    'a list that knows no birth date': [
      passenger('DRIEBERGENAAR', 'WILHELMINA', { nationality: 'NLD' }),
      'NODATE',
    ],
  }
  it.each(Object.entries(somebody))('%s', (_name, [person, reference]) => {
    const [candidates = []] = screenFlight(screen, [person])
    expect(candidates[0]?.reference).toBe(reference)
  })

  it('and says why, for a human to weigh', () => {
    expect(found(passenger('VAN DER VOORBEELDEN', 'JAN PIETER'))).toEqual([
      ['NLD: name-same birth-date-same'],
    ])
    expect(found(passenger('JAN', 'VAN DER VOORBEELDEN', { birthDate: '1974-09-02' }))).toEqual([
      ['NLD: name-same name-other-order name-partly-missing birth-date-day-month-swapped'],
    ])
    expect(found(passenger('ZWIJNENBURG', 'KLAASJE', { documents: ['XX1234567'] }))).toEqual([
      ['DOC: document-number'],
    ])
  })

  it('answers per passenger, in order', () => {
    const answers = found(passenger('CAGLAYAN', 'GULSEN'), passenger('', ''), passenger('OUYANG', 'XIAOMING'))
    expect(answers.map((all) => all.length)).toEqual([1, 0, 1])
  })
})

describe('names', () => {
  it('are romanised by ICAO Doc 9303 and ELOT 743', () => {
    const rows: Readonly<Record<string, readonly string[]>> = {
      'Müller-Lüdenscheidt': ['MUELLER', 'LUEDENSCHEIDT'],
      'Søren Ærø': ['SOEREN', 'AEROE'],
      'Đặng Thị': ['DANG', 'THI'],
      'Łukasz Żółć': ['LUKASZ', 'ZOLC'],
      'Хрущёв Юрий': ['KHRUSHCHEV', 'IURII'],
      Ευαγγελία: ['EVANGELIA'],
      'عبد الرحمن': ['EBD', 'AL', 'RHMN'],
      "O'BRIEN": ['OBRIEN'],
      สมชาย: ['สมชาย'],
    }
    for (const [name, words] of Object.entries(rows)) expect(romanise(name)).toEqual(words)
  })

  it('fold to one spelling per sound', () => {
    const same = [
      ['MUELLER', 'MULLER', 'MULER'],
      ['YOUSSEF', 'JOUSEF', 'YUSEF'],
      ['SHCHERBA', 'SCHERBA', 'SHERBA'],
      ['KHALID', 'HALID'],
    ]
    for (const [first = '', ...others] of same)
      for (const other of others) expect(fold(other)).toBe(fold(first))
    expect(consonantsOf(fold('MOHAMMED'))).toBe(consonantsOf(fold('MUHAMAD')))
    expect(consonantsOf(fold('ALI'))).toBe('')
    expect(similarity('JANSEN', 'JANSEN')).toBe(1)
    expect(similarity('JANSEN', 'PIETERS')).toBe(0)
  })
})

describe('birth dates', () => {
  it.each([
    ['1974-02-09', '1974-02-09', 'birth-date-same'],
    ['1974-02-09', '1974-09-02', 'birth-date-day-month-swapped'],
    ['1974-02-09', '1973-02-09', 'birth-date-near'],
    ['1974-02-09', '1974-02-19', 'birth-date-near'],
    ['1974-02-09', '1974', 'birth-date-partly-known'],
    ['1974-02-09', '1974-02', 'birth-date-partly-known'],
    ['1974-02-09', '1974-03', 'birth-date-differs'],
    ['1974-02-09', '1984-02-09', 'birth-date-differs'],
    ['1974-02-09', '', 'birth-date-unknown'],
  ])('%s and %s: %s', (one, other, wanted) => {
    expect(compareDates(packDate(one), packDate(other))).toBe(wanted)
    expect(compareDates(packDate(other), packDate(one))).toBe(wanted)
  })

  it('are looked for wherever comparing may find them alike', () => {
    const date = packDate('1974-02-09')
    const like = new Set(datesLike(date))
    for (let year = 1972; year <= 1976; year += 1)
      for (let month = 0; month <= 12; month += 1)
        for (let day = 0; day <= (month === 0 ? 0 : 31); day += 1) {
          const other = year * 10_000 + month * 100 + day
          expect(like.has(other)).toBe(compareDates(date, other) !== 'birth-date-differs')
        }
  })
})

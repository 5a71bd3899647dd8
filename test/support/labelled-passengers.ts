import type { Listed, Person, PersonName } from '#services/travel/screening/person.ts'
import { asPerson, dateOf, type Made, makePerson } from './synthetic-list.ts'
import { type Spelled, seededRandom } from './synthetic-names.ts'

/** A passenger, and who of the list that is: the truth that screening is measured by. */
export interface Labelled {
  readonly kind: string
  readonly person: Person
  /** Reference on the list; undefined for one who is not on it. */
  readonly is: string | undefined
}

type Change = (made: Made, person: Person, random: () => number) => Person

const rename = (person: Person, change: (name: PersonName) => PersonName): Person => ({
  ...person,
  names: person.names.map(change),
})

const variantOf = ({ latin, variants }: Spelled, random: () => number): string =>
  variants[Math.floor(random() * variants.length)] ?? latin

const letters = 'ABCDEFGHIJKLMNOPRSTUVWYZ'

/** One letter lost, doubled, changed or swapped with the next. */
function typo(text: string, random: () => number): string {
  if (text.length < 4) return text
  const at = 1 + Math.floor(random() * (text.length - 2))
  const other = letters[Math.floor(random() * letters.length)] ?? 'E'
  const [before, here, next, after] = [
    text.slice(0, at),
    text[at] ?? '',
    text[at + 1] ?? '',
    text.slice(at + 2),
  ]
  const kinds = [
    before + next + after,
    before + here + here + next + after,
    before + other + next + after,
    before + next + here + after,
  ]
  return kinds[Math.floor(random() * kinds.length)] ?? text
}

const OCR: readonly (readonly [string, string])[] = [
  ['O', '0'],
  ['I', '1'],
  ['S', '5'],
  ['B', '8'],
  ['M', 'RN'],
  ['D', 'CL'],
  ['L', 'I'],
  ['E', 'F'],
  ['U', 'V'],
]

function misread(text: string, random: () => number): string {
  const possible = OCR.filter(([from]) => text.includes(from))
  const [from = '', to = ''] = possible[Math.floor(random() * possible.length)] ?? []
  return from ? text.replace(from, to) : text
}

const withoutDate = ({ birthDate: _birthDate, ...rest }: Person): Person => rest
const dated = (person: Person, date: string): Person => ({ ...person, birthDate: date })

/** What happens to a name and a date between a passport and a screen. */
export const CHANGES: Readonly<Record<string, Change>> = {
  'as listed': (_made, person) => person,
  'surname and given name changed over': (_made, person) =>
    rename(person, ({ surname, given }) => ({ surname: given, given: surname })),
  'all in the surname field': (_made, person) =>
    rename(person, ({ surname, given }) => ({ surname: `${surname} ${given}`, given: '' })),
  'given name missing': (_made, person) => rename(person, ({ surname }) => ({ surname, given: '' })),
  'second given name dropped': (made, person) =>
    rename(person, ({ surname }) => ({ surname, given: made.name.given.latin })),
  'words glued': (_made, person) =>
    rename(person, (name) => ({
      surname: name.surname.replaceAll(' ', ''),
      given: name.given.replaceAll(' ', ''),
    })),
  'marks dropped': (_made, person) =>
    rename(person, (name) => ({
      surname: name.surname.normalize('NFD').replace(/\p{M}/gu, ''),
      given: name.given.normalize('NFD').replace(/\p{M}/gu, ''),
    })),
  'another romanisation': (made, person, random) =>
    rename(person, ({ surname }) => ({
      surname: made.name.surname.variants.length > 0 ? variantOf(made.name.surname, random) : surname,
      given: [made.name.given, ...(made.name.second ? [made.name.second] : [])]
        .map((one) => variantOf(one, random))
        .join(' '),
    })),
  'one typing error in the surname': (_made, person, random) =>
    rename(person, ({ surname, given }) => ({ surname: typo(surname, random), given })),
  'one misread letter in each name': (_made, person, random) =>
    rename(person, ({ surname, given }) => ({
      surname: misread(surname, random),
      given: misread(given, random),
    })),
  'day and month swapped': (made, person) =>
    dated(person, made.day <= 12 ? dateOf(made.year, made.day, made.month) : (person.birthDate ?? '')),
  'year one off': (made, person, random) =>
    dated(person, dateOf(made.year + (random() < 0.5 ? 1 : -1), made.month, made.day)),
  'no birth date': (_made, person) => withoutDate(person),
  'typing error, and year one off': (made, person, random) =>
    rename(dated(person, dateOf(made.year + 1, made.month, made.day)), ({ surname, given }) => ({
      surname: typo(surname, random),
      given,
    })),
}

/** People who are not on the list and look as if they were. */
const LOOKALIKES: Readonly<Record<string, (made: Made, random: () => number) => Made>> = {
  'same name, born years apart': (made, random) => ({
    ...made,
    year: made.year + 3 + Math.floor(random() * 9),
  }),
  'same surname, other person': (made, random) => {
    const other = makePerson(random)
    return { ...other, name: { ...other.name, surname: made.name.surname, culture: made.name.culture } }
  },
  'twin: other given name': (made, random) => {
    const { second: _second, ...name } = made.name
    return { ...made, name: { ...name, given: makePerson(random).name.given } }
  },
}

/** Documents are left out: with them a match would be no test of names. */
const undocumented = (person: Person): Person => ({ ...person, documents: [] })

export interface LabelledCounts {
  readonly perChange: number
  readonly perLookalike: number
  readonly strangers: number
}

/**
 * Labelled passengers for a list. `members` are people of the list, evenly over it; each change gets its own. Always
 * the same for the same list, counts and seed.
 */
export function labelledPassengers(
  members: readonly { made: Made; listed: Listed }[],
  counts: LabelledCounts,
  seed = 11,
): readonly Labelled[] {
  const random = seededRandom(seed)
  const passengers: Labelled[] = []
  const any = () => members[Math.floor(random() * members.length)] ?? members[0]
  for (const [kind, change] of Object.entries(CHANGES))
    for (let count = 0; count < counts.perChange; count += 1) {
      const member = any()
      if (!member) continue
      const person = undocumented(change(member.made, asPerson(member.made), random))
      passengers.push({ kind, person, is: member.listed.reference })
    }
  for (const [kind, change] of Object.entries(LOOKALIKES))
    for (let count = 0; count < counts.perLookalike; count += 1) {
      const member = any()
      if (!member) continue
      const made = change(member.made, random)
      passengers.push({ kind, person: undocumented({ ...asPerson(made), documents: [] }), is: undefined })
    }
  for (let count = 0; count < counts.strangers; count += 1)
    passengers.push({ kind: 'stranger', person: undocumented(asPerson(makePerson(random))), is: undefined })
  return passengers
}

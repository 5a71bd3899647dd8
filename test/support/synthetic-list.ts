import type { Listed, Person, PersonName } from '#services/travel/screening/person.ts'
import { NATIONS, type Spelled, type SyntheticName, seededRandom, syntheticName } from './synthetic-names.ts'

/** Somebody made up, before anybody wrote the name down. */
export interface Made {
  readonly name: SyntheticName
  readonly year: number
  readonly month: number
  readonly day: number
  readonly gender: 'female' | 'male'
  readonly document: string
}

const two = (value: number): string => String(value).padStart(2, '0')
export const dateOf = (year: number, month: number, day: number): string =>
  `${year}-${two(month)}-${two(day)}`

export function makePerson(random: () => number): Made {
  return {
    name: syntheticName(random),
    year: 1945 + Math.floor(random() * 60),
    month: 1 + Math.floor(random() * 12),
    day: 1 + Math.floor(random() * 28),
    gender: random() < 0.5 ? 'female' : 'male',
    document: `XX${String(Math.floor(random() * 1e9)).padStart(9, '0')}`,
  }
}

const givenLatin = ({ given, second }: SyntheticName): string =>
  second ? `${given.latin} ${second.latin}` : given.latin

export const latinName = (name: SyntheticName): PersonName => ({
  surname: name.surname.latin,
  given: givenLatin(name),
})

const native = (spelled: Spelled): string => spelled.native ?? spelled.latin

/** In its own script, where every part has one. */
export function nativeName(name: SyntheticName): PersonName | undefined {
  const parts = [name.surname, name.given, ...(name.second ? [name.second] : [])]
  if (parts.some((part) => part.native === undefined)) return undefined
  const given = name.second ? `${native(name.given)} ${native(name.second)}` : native(name.given)
  return { surname: native(name.surname), given }
}

export const asPerson = (made: Made): Person => ({
  names: [latinName(made.name)],
  birthDate: dateOf(made.year, made.month, made.day),
  gender: made.gender,
  nationality: NATIONS[made.name.culture],
  documents: [made.document],
})

/**
 * How a list has somebody: a third of those with another script in that script alone, a tenth without the day of birth
 * or without a birth date, half without a document.
 */
export function asListed(made: Made, reference: string, random: () => number): Listed {
  const own = nativeName(made.name)
  const person = asPerson(made)
  const chance = random()
  const { birthDate: whole = '', ...rest } = person
  const birthDate = chance < 0.03 ? undefined : chance < 0.1 ? whole.slice(0, 4) : whole
  return {
    ...rest,
    reference,
    names: own && random() < 0.33 ? [own] : person.names,
    documents: random() < 0.5 ? person.documents : [],
    ...(birthDate ? { birthDate } : {}),
  }
}

/** The first `size` of a list that is always the same; people and entries in the same order. */
export function* syntheticList(size: number, seed = 7): Generator<{ made: Made; listed: Listed }> {
  const random = seededRandom(seed)
  for (let index = 0; index < size; index += 1) {
    const made = makePerson(random)
    yield { made, listed: asListed(made, `W-${String(index).padStart(7, '0')}`, random) }
  }
}

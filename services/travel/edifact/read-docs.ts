import { readLetterDate } from './read-date.ts'
import { type Gender, type Open, present, type TravelDocument } from './traveller.ts'

/** What SSR DOCS says of one traveller (AIRIMP 3.13.1, as PNRGOV carries it). */
export interface DocumentLine {
  readonly surname: string
  readonly given: string
  readonly document?: TravelDocument
  readonly nationality?: string
  readonly birthDate?: string
  readonly gender?: Gender
}

/** `FI` and `MI` are infants. */
const GENDERS: Readonly<Record<string, Gender>> = {
  F: 'female',
  FI: 'female',
  M: 'male',
  MI: 'male',
  U: 'unknown',
  X: 'other',
}

/**
 * Reads `/P/GBR/512731999/GBR/20SEP82/F/25OCT27/BELT/SOPHY OLIVIA`: type, issuer, number, nationality, birth, gender,
 * expiry, surname, given names; each may be empty, and carriers leave out the first slash. `year` is that of the
 * flight. Undefined when it is no such line: never a guess which part is which.
 */
export function readDocs(text: string, year: number): DocumentLine | undefined {
  const [
    type = '',
    issuer = '',
    number = '',
    nationality = '',
    birth = '',
    gender = '',
    expiry = '',
    ...names
  ] = text
    .replace(/^\//, '')
    .split('/')
    .map((part) => part.trim())
  // Systems append `-1SURNAME/GIVEN`, which repeats the name.
  const cut = names.findIndex((name) => /-\d/.test(name))
  const own = cut === -1 ? names : [...names.slice(0, cut), names[cut]?.replace(/-\d.*$/, '') ?? '']
  const [surname = '', ...rest] = own
  const given = rest.filter((name) => name !== '' && name !== 'H').join(' ')
  if (surname === '' || !/^[A-Z]{0,2}$/.test(type) || (gender !== '' && !(gender in GENDERS)))
    return undefined
  const birthDate = birth === '' ? undefined : readLetterDate(birth, year, 'birth')
  const expires = expiry === '' ? undefined : readLetterDate(expiry, year, 'expiry')
  if ((birth !== '' && !birthDate) || (expiry !== '' && !expires)) return undefined
  const document: Open<TravelDocument> = { type: type || 'P', number, issuer: issuer || undefined, expires }
  return present<DocumentLine>({
    surname,
    given,
    document: number === '' ? undefined : present<TravelDocument>(document),
    nationality: nationality || undefined,
    birthDate,
    gender: GENDERS[gender],
  })
}

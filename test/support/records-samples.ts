import { recordsData } from '#services/cli/app/records-data.ts'
import type { FormBody } from '#web/form-body.ts'

/** What the application reads of our contracts. */
export const { codes: CODES, members: MEMBERS } = await recordsData()

export const KLARA: FormBody = {
  surname: 'VOORBEELD',
  givenNames: 'KLARA TEST',
  birthDate: '1990-02-14',
  birthPlace: 'Musterstadt',
  birthCountry: 'DE',
  formerNames: '',
  nationalities: 'DE',
  vogProfile: 'CHILDREN_PAID',
  position: 'groepsleider kinderopvang',
  riskDeclared: '',
  consent: 'yes',
}

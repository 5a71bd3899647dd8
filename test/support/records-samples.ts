import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CodeTables } from '#services/records/code-words.ts'
import type { FormBody } from '#web/form-body.ts'
import { ROOT } from '../rooms/source-files.ts'

interface RegisterFile {
  readonly rows: readonly Readonly<Record<string, string | boolean>>[]
}

const rowsOf = (name: string) =>
  (JSON.parse(readFileSync(join(ROOT, 'contracts/register', `${name}.json`), 'utf8')) as RegisterFile).rows

export const MEMBERS = new Set([...rowsOf('ecris-members').map((row) => String(row['country'])), 'NL'])

const tableOf = (name: string, key: string) =>
  rowsOf(name).map((row) => ({
    code: String(row[key]),
    nl: String(row['nl']),
    en: String(row['en']),
    verified: row['verified'] === true,
    from: String(row['from']),
    until: String(row['until']),
  }))

export const CODES: CodeTables = {
  offences: tableOf('ecris-offences', 'offence'),
  sanctions: tableOf('ecris-sanctions', 'sanction'),
}

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

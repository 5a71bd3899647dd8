import { readFile } from 'node:fs/promises'
import { projectRoot } from '../project-root.ts'
import { allParties, urnOfParty } from '../read-party.ts'

type Row = Readonly<Record<string, unknown>>

async function rowsOf(register: string): Promise<readonly Row[]> {
  const text = await readFile(projectRoot('contracts', 'register', `${register}.json`), 'utf8')
  return (JSON.parse(text) as { readonly rows: readonly Row[] }).rows
}

const table = async (register: string, key: string) =>
  (await rowsOf(register)).map((row) => ({
    code: String(row[key]),
    nl: String(row['nl']),
    en: String(row['en']),
    verified: row['verified'] === true,
    from: String(row['from']),
    until: String(row['until']),
  }))

/** What the application of Justis and Justid reads of our contracts: code tables, member states, and the bodies that Justid carries. */
export async function recordsData() {
  const carried = allParties().filter(({ via }) => via === 'justid')
  const bodies = carried.flatMap(({ id, endpoints }) => endpoints.map((endpoint) => `${id}/${endpoint}`))
  const parties: (readonly [string, string])[] = allParties().flatMap(({ id, endpoints }) =>
    endpoints.map((endpoint) => [urnOfParty(`${id}/${endpoint}`), `${id}/${endpoint}`] as const),
  )
  const refs = new Map(parties)
  const inEcris = (await rowsOf('ecris-members')).filter((row) => row['ecris'] === true)
  const members = new Set([...inEcris.map((row) => String(row['country'])), 'NL'])
  const codes = {
    offences: await table('ecris-offences', 'offence'),
    sanctions: await table('ecris-sanctions', 'sanction'),
  }
  return { bodies, members, codes, refOf: (urn: string) => refs.get(urn) ?? urn }
}

import { readFile } from 'node:fs/promises'
import { fail } from '#core/failure.ts'
import { projectRoot } from './project-root.ts'
import { withFoundedStore } from './with-founded-store.ts'

/** The endpoint names of a partner: from its file in contracts/, else from control of this data directory. */
async function endpointsOf(data: string, id: string): Promise<readonly string[]> {
  const text = await readFile(projectRoot('contracts', 'partner', `${id}.json`), 'utf8').catch(
    () => undefined,
  )
  if (text !== undefined) return Object.keys((JSON.parse(text) as { endpoints: object }).endpoints)
  const found = await withFoundedStore(data, async ({ control }) => {
    const { partners } = control.current().epoch
    return [...partners.values()].find((one) => one.id === id)?.endpoints.map(({ name }) => name)
  })
  return found ?? []
}

/** `partner/endpoint` of a partner by its id alone: its first endpoint. A partner that nobody knows: `OPS_NOT_FOUND`. */
export async function endpointOfPartner(data: string, party: string): Promise<string> {
  const [id = '', name] = party.split('/')
  if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) return fail('OPS_USAGE', '/partner')
  if (name !== undefined) return party
  const [first] = await endpointsOf(data, id)
  return first === undefined ? fail('OPS_NOT_FOUND', '/partner', id) : `${id}/${first}`
}

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson } from '#core/decision/read-json.ts'
import { readPartner } from '#core/decision/read-partner.ts'
import { fail } from '#core/failure.ts'
import { readContracts } from '../generate/read-contracts.ts'

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const TEST_OIN = '00000099'

/**
 * Writes contracts/partner/<id>.json: a Dutch field organisation with one inbox and the next free test OIN. Nothing is permitted
 * until an agreement lists it. Next: name, roles, `schakel pki` for its certificates, its agreement. Returns the paths written.
 * An id that is taken or malformed: `OPS_USAGE`.
 */
export async function newPartner(root: string, id: string, name: string): Promise<string[]> {
  if (!ID.test(id)) return fail('OPS_USAGE', '/id', 'a partner is named like om-lp')
  const path = `contracts/partner/${id}.json`
  if (existsSync(join(root, path))) return fail('OPS_USAGE', '/id', 'this partner exists')
  const taken = readContracts(root).partners.map((partner) => partner.oin as string)
  const text = `${JSON.stringify(skeleton(id, name, freeOin(taken)), null, 2)}\n`
  readPartner(id, readJson(path, Buffer.from(text, 'utf8')))
  await writeFile(join(root, path), text, { flag: 'wx' })
  return [path]
}

/** The next multiple of a hundred above all test OINs in use. */
function freeOin(taken: readonly string[]): string {
  const numbers = taken
    .filter((oin) => /^[0-9]{20}$/.test(oin) && oin.startsWith(TEST_OIN))
    .map((oin) => Number(oin.slice(8)))
  const next = (Math.floor(Math.max(0, ...numbers) / 100) + 1) * 100
  return `${TEST_OIN}${String(next).padStart(12, '0')}`
}

function skeleton(id: string, name: string, oin: string): unknown {
  return {
    id,
    oin,
    name,
    controller: id,
    country: 'NL',
    via: null,
    suspended: false,
    algorithms: ['Ed25519'],
    endpoints: { zaken: { roles: ['ngo-field'], task: null, regime: 'GDPR', delivery: { kind: 'inbox' } } },
  }
}

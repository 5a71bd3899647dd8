import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fail } from '#core/failure.ts'
import { readContracts } from '../generate/read-contracts.ts'
import { draftPartner, freeOin } from './draft-partner.ts'
import { partnerKind } from './partner-kinds.ts'

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/**
 * Writes contracts/partner/<id>.json: a Dutch partner of this kind with one inbox and the next free test OIN. Nothing is permitted
 * until an agreement lists it. Next: `schakel partner keys` for its certificates, its agreement. Returns the paths written.
 * An id that is taken or malformed: `OPS_USAGE`.
 */
export async function newPartner(
  root: string,
  id: string,
  name: string,
  kind = 'field-ngo',
): Promise<string[]> {
  if (!ID.test(id)) return fail('OPS_USAGE', '/id', 'a partner is named like om-lp')
  if (existsSync(join(root, `contracts/partner/${id}.json`)))
    return fail('OPS_USAGE', '/id', 'this partner exists')
  const taken = readContracts(root).partners.map((partner) => partner.oin as string)
  const order = { id, name, oin: freeOin(taken), country: 'NL' }
  const { path, text } = draftPartner(order, partnerKind(root, kind))
  await writeFile(join(root, path), text, { flag: 'wx' })
  return [path]
}

import { fail } from '#core/failure.ts'
import type { Partner, Register } from './epoch.ts'

/** Registers whose keys are codes of their own; all other codes are rows of the register `codes`. */
const OWN_TABLE: Readonly<Record<string, string>> = {
  Country: 'countries',
  Handling: 'handling',
  Guard: 'approvals',
  Flag: 'flags',
}

/**
 * Every code table that a rule may name, as Cedar enum entity → codes. A code stays declared after its validity ends. Controllers
 * are those of the partners: a new partner is one file.
 */
export function codeTables(
  registers: ReadonlyMap<string, Register>,
  partners: readonly Partner[],
): ReadonlyMap<string, readonly string[]> {
  const tables = new Map<string, string[]>()
  const add = (entity: string, code: unknown) => {
    if (typeof code !== 'string')
      return fail('OPS_CONTROL', `contracts/register/codes.json#/${entity}`, 'not a code')
    const codes = tables.get(entity) ?? []
    if (!codes.includes(code)) codes.push(code)
    tables.set(entity, codes)
  }
  for (const row of registers.get('codes')?.rows ?? []) add(String(row['entity']), row['value'])
  for (const [entity, name] of Object.entries(OWN_TABLE)) {
    const register = registers.get(name)
    for (const row of register?.rows ?? []) add(entity, row[register?.key ?? ''])
  }
  for (const partner of partners) add('Controller', partner.controller)
  return tables
}

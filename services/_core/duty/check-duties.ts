import type { World } from '#core/decision/check-world.ts'
import { fail } from '#core/failure.ts'
import { followsOf } from './duty-book.ts'
import type { DutyRule, When } from './duty-rule.ts'

const FILE = 'contracts/register/duties.json'

/** Whether the rows of the register duties name only what exists; else `OPS_CONTROL`. */
export function checkDuties(
  { registers, types }: Pick<World, 'registers' | 'types'>,
  known: (entity: string, code: string | null, pointer: string) => void,
): void {
  const rules = (registers.get('duties')?.rows ?? []) as readonly DutyRule[]
  if (rules.length === 0) return
  const calendars = new Set(registers.get('calendars')?.rows.map((row) => row['country']))
  if (!calendars.has('NL')) fail('OPS_CONTROL', 'contracts/register/calendars.json', 'no calendar of NL')
  for (const rule of rules) {
    const place = `${FILE}#/${rule.duty}`
    for (const role of [...(rule.starts.from ?? []), ...(rule.starts.to ?? [])]) known('Role', role, place)
    if (/^[A-Z]{2}$/.test(rule.calendar) && !calendars.has(rule.calendar))
      fail('OPS_CONTROL', place, `no calendar of ${rule.calendar}`)
    const clock: When = rule.clock === 'sealed' ? new Map() : new Map([[rule.clock, []]])
    checkPaths(rule.starts.types, new Map([...rule.starts.when, ...clock]), place, types)
    for (const { types: named, when } of followsOf(rule)) checkPaths(named, when, place, types)
  }
}

/** Every type exists, and has the data field that a path begins with. */
function checkPaths(names: readonly string[], when: When, place: string, types: World['types']): void {
  for (const name of names) {
    const type = types.get(name)
    const fields = (type ?? fail('OPS_CONTROL', place, `no type ${name}`)).fields.map((field) => field.name)
    for (const path of when.keys()) {
      const [root, field] = path.split('.')
      if (root === 'data' && !fields.includes(field ?? ''))
        fail('OPS_CONTROL', place, `${name} has no field ${field}`)
    }
  }
}

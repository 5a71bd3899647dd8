import { readDuty } from '#core/duty/read-duty.ts'
import { controlDate } from './control-date.ts'
import type { Register, RegisterRow } from './epoch.ts'
import { at, bad, flag, list, members, type Node, openMembers, text, texts } from './read-json.ts'

/** Of columns that we name, or of rows with a reader of their own. */
type KnownRegister =
  | { readonly key: string; readonly columns: Readonly<Record<string, Column>> }
  | { readonly key: string; readonly read: (node: Node) => RegisterRow }

type Column = 'text' | 'flag' | 'level' | 'texts' | 'whole'

/** Columns of the registers that code reads; others hold texts, truth values, whole numbers and lists of texts. */
const KNOWN: Readonly<Record<string, KnownRegister>> = {
  codes: { key: 'code', columns: { entity: 'text', value: 'text', nl: 'text', en: 'text' } },
  countries: { key: 'country', columns: { led: 'text', deathPenalty: 'flag', nl: 'text', en: 'text' } },
  transfers: { key: 'country', columns: { basis: 'text' } },
  assurances: { key: 'country', columns: { scope: 'text' } },
  flags: { key: 'flag', columns: { nl: 'text', en: 'text' } },
  offences: { key: 'offence', columns: { serious: 'flag', nl: 'text', en: 'text' } },
  handling: { key: 'handling', columns: { level: 'level' } },
  categories: { key: 'category', columns: { freeText: 'flag', nl: 'text', en: 'text' } },
  approvals: {
    key: 'guard',
    columns: {
      types: 'texts',
      ask: 'text',
      roles: 'texts',
      sameOrganisation: 'flag',
      basis: 'text',
      purpose: 'text',
      alsoShow: 'texts',
      nl: 'text',
      en: 'text',
    },
  },
}

export const REGISTERS_NEEDED = Object.keys(KNOWN)

/** As `KNOWN`, but an epoch of before they were thought of has none. */
const OPTIONAL: typeof KNOWN = {
  calendars: { key: 'country', columns: { hours: 'whole', summer: 'flag', nl: 'text', en: 'text' } },
  holidays: { key: 'day', columns: { country: 'text', date: 'text', nl: 'text', en: 'text' } },
  duties: { key: 'duty', read: readDuty },
}

const COMMON = ['from', 'until', 'source', 'verified']

/** contracts/register/<name>.json; periods half-open, those of one key never overlap. Throws `OPS_CONTROL`. */
export function readRegister(name: string, root: Node): Register {
  const map = members(root, ['key', 'rows'])
  const key = text(at(map, 'key'))
  const known = KNOWN[name] ?? OPTIONAL[name]
  if (known && known.key !== key) bad(at(map, 'key'), `the key is ${known.key}`)
  const nodes = list(at(map, 'rows'))
  const read = known && 'read' in known ? known.read : (node: Node) => readRow(node, key, known?.columns)
  const rows = nodes.map(read)
  rows.forEach((row, index) => {
    const twin = rows.findIndex(
      (other) => other[key] === row[key] && other.from < row.until && row.from < other.until,
    )
    if (twin !== index) bad(nodes[index] ?? root, 'two rows of one key at one time')
  })
  return { key, rows }
}

function readRow(
  node: Node,
  key: string,
  columns: Readonly<Record<string, Column>> | undefined,
): RegisterRow {
  const all = columns ? members(node, [key, ...COMMON, ...Object.keys(columns)]) : openMembers(node)
  const [from, until] = [controlDate(at(all, 'from')), controlDate(at(all, 'until'))]
  if (until <= from) bad(at(all, 'until'), 'not after from')
  const values: Record<string, unknown> = { [key]: text(at(all, key)) }
  for (const [name, cell] of all) {
    if (name === key || COMMON.includes(name)) continue
    values[name] = columns?.[name] ? readCell(cell, columns[name]) : readAny(cell)
  }
  return { ...values, from, until, source: text(at(all, 'source')), verified: flag(at(all, 'verified')) }
}

function readCell(cell: Node, column: Column): unknown {
  switch (column) {
    case 'text':
      return text(cell)
    case 'flag':
      return flag(cell)
    case 'texts':
      return texts(cell)
    case 'whole':
      return Number.isSafeInteger(cell.value) ? cell.value : bad(cell, 'not a whole number')
    case 'level':
      return cell.value === 0 || cell.value === 1 || cell.value === 2 || cell.value === 3
        ? cell.value
        : bad(cell, 'not 0 to 3')
  }
}

function readAny(cell: Node): unknown {
  if (Array.isArray(cell.value)) return texts(cell)
  if (typeof cell.value === 'boolean' || Number.isSafeInteger(cell.value)) return cell.value
  return text(cell)
}

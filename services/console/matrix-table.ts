/** One permit of one block of `contracts/matrix.txt`: who may hand what to whom, and what guards it. */
export interface MatrixRow {
  readonly type: string
  /** Roles of the sending and of the receiving endpoint. */
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly permit: string
  /** `(Wpg 15) for border-alert on wpg-15` */
  readonly terms: string
  readonly shows: string
  readonly classes: string
  readonly listed: string
  readonly duties: readonly string[]
  readonly guards: readonly { readonly set: string; readonly ids: readonly string[] }[]
}

export interface MatrixTable {
  readonly rows: readonly MatrixRow[]
  /** Lines of another shape: shown as they stand, so that nothing of the file is hidden. */
  readonly rest: readonly string[]
}

const BLOCK = /^([a-z][a-z0-9.-]*): (\S+) -> (\S+)$/
const LINE = /^ {2}(permit|shows|class|listed|duties|deny|hold|hide) +(.*)$/
const GUARDS = ['deny', 'hold', 'hide']

interface Block {
  readonly type: string
  readonly from: readonly string[]
  readonly to: readonly string[]
  readonly permits: Map<string, string>[]
  readonly guards: { readonly set: string; readonly ids: readonly string[] }[]
}

const wordsOf = (text: string | undefined): readonly string[] =>
  (text ?? '').split(' ').filter((word) => word !== '')

/** Puts one indented line where it belongs; false = it belongs nowhere. */
function take(block: Block | undefined, line: string): boolean {
  const [, key = '', value = ''] = LINE.exec(line) ?? []
  if (!block || key === '') return false
  if (GUARDS.includes(key)) block.guards.push({ set: key, ids: wordsOf(value) })
  else if (key === 'permit') block.permits.push(new Map([[key, value]]))
  else {
    const permit = block.permits.at(-1)
    if (!permit) return false
    permit.set(key, value)
  }
  return true
}

function rowsOf({ permits, guards, type, from, to }: Block): readonly MatrixRow[] {
  return permits.map((permit) => {
    const text = permit.get('permit') ?? ''
    const space = text.indexOf(' ')
    return {
      type,
      from,
      to,
      permit: space < 0 ? text : text.slice(0, space),
      terms: space < 0 ? '' : text.slice(space + 1),
      shows: permit.get('shows') ?? '',
      classes: permit.get('class') ?? '',
      listed: permit.get('listed') ?? '-',
      duties: wordsOf(permit.get('duties')),
      guards,
    }
  })
}

/** Reads `contracts/matrix.txt` (made by `infra/generate/matrix.ts`): `#` comments, blocks of `type: from -> to` and their lines. */
export function matrixTable(text: string): MatrixTable {
  const blocks: Block[] = []
  const rest: string[] = []
  for (const line of text.split('\n')) {
    if (line.trim() === '' || line.startsWith('#')) continue
    const [, type, from, to] = BLOCK.exec(line) ?? []
    if (type && from && to)
      blocks.push({ type, from: from.split('+'), to: to.split('+'), permits: [], guards: [] })
    else if (!take(blocks.at(-1), line)) rest.push(line)
  }
  return { rows: blocks.flatMap(rowsOf), rest }
}

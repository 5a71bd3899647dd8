export interface MatrixTable {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly string[])[]
  /** Comment lines of the file, without their `#`. */
  readonly notes: readonly string[]
}

const HEADING = /\btype\b/i

function cellsOf(line: string): readonly string[] {
  const separator = line.includes('\t') ? '\t' : /\s*\|\s*/
  const trimmed = line.replace(/^\s*\|\s*/, '').replace(/\s*\|\s*$/, '')
  return trimmed.split(separator).map((cell) => cell.trim())
}

/** Reads `contracts/matrix.txt`: one row a line, cells by tab or `|`, the first line their headings, `#` a comment. */
export function matrixTable(text: string): MatrixTable {
  const lines = text.split('\n').map((line) => line.trimEnd())
  const notes = lines.filter((line) => line.startsWith('#')).map((line) => line.replace(/^#+\s*/, ''))
  const rules = lines.filter((line) => line !== '' && !line.startsWith('#') && !/^[\s|:=-]+$/.test(line))
  const [first, ...rest] = rules
  if (first === undefined) return { headings: [], rows: [], notes }
  const hasHeadings = HEADING.test(first)
  const rows = (hasHeadings ? rest : rules).map(cellsOf)
  const width = Math.max(0, ...rows.map((row) => row.length))
  const named = hasHeadings ? cellsOf(first) : []
  const headings = Array.from({ length: Math.max(width, named.length) }, (_, index) => named[index] ?? '')
  return { headings, rows, notes }
}

import { readFile } from 'node:fs/promises'
import type { CliCommand } from '../command.ts'
import { projectRoot } from '../project-root.ts'

interface Row {
  readonly row: string
  readonly lines: readonly string[]
}

/** Blocks of contracts/matrix.txt: a heading `type: sender -> recipient`, and its lines. */
function rowsOf(text: string): readonly Row[] {
  return text
    .split(/\n{2,}/)
    .map((block) => block.split('\n').filter((line) => line !== '' && !line.startsWith('#')))
    .flatMap(([row, ...lines]) => (row === undefined ? [] : [{ row, lines }]))
}

export const matrix: CliCommand = {
  name: 'matrix',
  usage: 'matrix [text…]',
  summary: 'Who may hand what to whom on which rule; with texts: only blocks that hold them all',
  options: {},
  positionals: [0, 8],
  run: async (call) => {
    const rows = rowsOf(await readFile(projectRoot('contracts/matrix.txt'), 'utf8'))
    const holdsAll = ({ row, lines }: Row) =>
      call.positionals.every((text) => [row, ...lines].join('\n').includes(text))
    const found = rows.filter(holdsAll)
    for (const { row, lines } of found)
      call.out.answer({ row, lines: lines.map((line) => line.trim()) }, [row, ...lines, ''])
    return found.length > 0 ? 0 : 1
  },
}

import { readFile } from 'node:fs/promises'
import type { CliCommand } from '../command.ts'
import { projectRoot } from '../project-root.ts'

export const matrix: CliCommand = {
  name: 'matrix',
  usage: 'matrix [text…]',
  summary: 'Who may hand what to whom on which rule; with texts: only lines that hold them all',
  options: {},
  positionals: [0, 8],
  run: async (call) => {
    const text = await readFile(projectRoot('contracts/matrix.txt'), 'utf8')
    const lines = text.split('\n').filter((line) => line !== '')
    const found = lines.filter((line) => call.positionals.every((each) => line.includes(each)))
    call.out.answer(found, found)
    return found.length > 0 ? 0 : 1
  },
}

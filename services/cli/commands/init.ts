import type { CliCommand } from '../command.ts'
import { runInit } from '../init.ts'

export const init: CliCommand = {
  name: 'init',
  usage: 'init',
  summary: 'Makes a data directory: log, keys, development PKI, first epoch',
  options: {
    strict: { type: 'boolean', text: 'permits whose article is not verified do not count' },
  },
  positionals: [0, 0],
  run: runInit,
}

import type { CliCommand } from '../command.ts'
import { runUp } from '../up.ts'

export const up: CliCommand = {
  name: 'up',
  usage: 'up [exchange] [ledger] [courier] [gateway] [console] [keeper]',
  summary: 'Starts the services of a data directory in this process, making it first when it is new',
  options: {
    story: { type: 'string', value: 'name', text: 'play this story through the partners’ own software' },
    once: { type: 'boolean', text: 'end when the story has ended' },
    port: { type: 'string', value: 'n', text: 'port of the gateway (default: 7400)' },
    'console-port': { type: 'string', value: 'n', text: 'port of the page (default: 7480)' },
    'management-port': {
      type: 'string',
      value: 'n',
      text: 'port of metrics and health, on loopback (default: any free one)',
    },
    listen: {
      type: 'string',
      value: 'address',
      text: 'of gateway, metrics and health (default: 127.0.0.1; the page stays there); all others only in a network of your own',
    },
    log: { type: 'string', value: 'json', text: 'one JSON object a line on stderr, for machines' },
    instance: { type: 'string', value: 'name', text: 'one of several processes of the same service' },
    strict: { type: 'boolean', text: 'first start only: permits whose article is not verified do not count' },
  },
  positionals: [0, 6],
  run: runUp,
}

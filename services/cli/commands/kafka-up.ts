import type { CliCommand } from '../command.ts'
import { runKafkaUp } from '../kafka-up.ts'

export const kafkaUp: CliCommand = {
  name: 'kafka up',
  usage: 'kafka up [--brokers 1|3] [--exchanges n] [--gateways n] [--story name] [--once]',
  summary: 'Starts Kafka, PostgreSQL, a registry and every service as a process of its own, on this machine',
  options: {
    brokers: { type: 'string', value: '1|3', text: 'brokers from Maven jars (default: 1)' },
    exchanges: { type: 'string', value: 'n', text: 'processes that judge (default: 1)' },
    gateways: { type: 'string', value: 'n', text: 'gateways, on ports that follow each other (default: 1)' },
    story: { type: 'string', value: 'name', text: 'play this story through the partners’ own software' },
    once: { type: 'boolean', text: 'end when the story has ended' },
    port: { type: 'string', value: 'n', text: 'port of the first gateway (default: 7400)' },
    'console-port': { type: 'string', value: 'n', text: 'port of the page (default: 7480)' },
    strict: { type: 'boolean', text: 'first start only: permits whose article is not verified do not count' },
  },
  positionals: [0, 0],
  run: runKafkaUp,
}

/**
 * `npm run bench:kafka -- [--json FILE] [--only name,name] [--quick] [--brokers 1|3]`: the scaled-out profile measured on this machine.
 * Table on stdout, progress on stderr. Asserts nothing. Recovery always has three brokers.
 */
import { parseArgs } from 'node:util'
import { runBench } from '../run-bench.ts'
import { KAFKA_FULL, KAFKA_QUICK, kafkaMeasurements } from './measurements.ts'
import { rigs } from './rig.ts'

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    quick: { type: 'boolean', default: false },
    brokers: { type: 'string', default: '1' },
  },
})
const brokers = options.brokers === '1' ? 1 : options.brokers === '3' ? 3 : undefined
if (brokers === undefined) {
  process.stderr.write('--brokers 1 or 3\n')
  process.exit(2)
}
const running = rigs((text) => process.stderr.write(`${text}\n`))
const end = () => void running.close().finally(() => process.exit(130))
process.once('SIGINT', end)
process.once('SIGTERM', end)
try {
  const measurements = kafkaMeasurements(running, brokers, options.quick ? KAFKA_QUICK : KAFKA_FULL)
  if (!(await runBench(measurements, { json: options.json, only: options.only }))) process.exitCode = 2
} finally {
  await running.close()
}
// Clients of the libraries may keep the loop alive.
process.exit()

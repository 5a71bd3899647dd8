/** `npm run bench -- [--json FILE] [--only name,name] [--quick]`: table on stdout, progress on stderr. Asserts nothing. */
import { parseArgs } from 'node:util'
import { FULL, MEASUREMENTS, QUICK } from './measurements.ts'
import { runBench } from './run-bench.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})

const effort = options.quick ? QUICK : FULL
const measurements = MEASUREMENTS.map(({ names, run }) => ({
  names,
  run: (progress: (text: string) => void) => run(effort, progress),
}))
if (!(await runBench(measurements, { json: options.json, only: options.only }))) process.exitCode = 2

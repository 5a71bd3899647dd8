/** `npm run soak -- --minutes 10 [--seed n] [--kafka | --embedded] [--json FILE]`: exits 1 on any anomaly. */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { drawReport } from './draw-report.ts'
import { parseOptions } from './options.ts'
import { runSoak } from './run-soak.ts'

const options = parseOptions(process.argv.slice(2), randomBytes(4).readUInt32BE())
const told = (text: string) => void process.stderr.write(`${text}\n`)
told(`soak: seed ${options.seed}; the same again: --seed ${options.seed} --minutes ${options.minutes}`)
const report = await runSoak(options, told)
for (const line of drawReport(report)) process.stdout.write(`${line}\n`)
const { anomalies, ...judged } = report.judgement
if (options.json) {
  const found = { ...judged, anomalies: anomalies.counts, examples: anomalies.examples }
  await writeFile(options.json, `${JSON.stringify({ ...report, judgement: found }, null, 2)}\n`)
}
process.exitCode = anomalies.total === 0 ? 0 : 1

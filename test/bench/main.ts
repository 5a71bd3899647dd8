/** `npm run bench -- [--json FILE] [--only name,name] [--quick]`: table on stdout, progress on stderr. Asserts nothing. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { parseArgs } from 'node:util'
import { formatTable } from '#services/cli/format-table.ts'
import type { Figure, Measured } from './figure.ts'
import { FULL, MEASUREMENTS, QUICK } from './measurements.ts'

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, only: { type: 'string' }, quick: { type: 'boolean', default: false } },
})

const known = MEASUREMENTS.flatMap(({ names }) => names)
const only = options.only?.split(',')
for (const name of only ?? []) {
  if (known.includes(name)) continue
  process.stderr.write(`no figure ${name}; there are ${known.join(', ')}\n`)
  process.exit(2)
}

const progress = (text: string) => process.stderr.write(`${text}\n`)
const asJson = ({ note: _, ...figure }: Measured): Figure => figure
const loads = () =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')

const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, node ${process.version}`
progress(`${machine}; load ${loads()}`)
const found: Measured[] = []
for (const { names, run } of MEASUREMENTS) {
  if (only && !names.some((name) => only.includes(name))) continue
  progress(`\n${names.join(', ')}: load ${loads()}`)
  const figures = await run(options.quick ? QUICK : FULL, progress)
  found.push(...figures.filter(({ name }) => !only || only.includes(name)))
  if (options.json) await writeFile(options.json, `${JSON.stringify(found.map(asJson), null, 2)}\n`)
}

const rows = found.map(({ name, value, unit, per, note }) => [
  name,
  String(value),
  unit === 'ratio' || !per ? unit : `${unit}/${per}`,
  note,
])
process.stdout.write(`\n${machine}; load ${loads()}\n\n`)
process.stdout.write(`${formatTable(['figure', 'value', 'unit', 'note'], rows).join('\n')}\n`)

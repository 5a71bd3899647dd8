/** What every bench's command does: some or all measurements, one after the other, as a table and as JSON. */
import { writeFile } from 'node:fs/promises'
import { availableParallelism, cpus, loadavg } from 'node:os'
import { formatTable } from '#services/cli/format-table.ts'
import type { Figure, Measured, Progress } from './figure.ts'

export interface BenchOptions {
  /** Where figures go as JSON, written anew after each measurement. */
  readonly json: string | undefined
  /** Names of figures, with commas; absent: all. */
  readonly only: string | undefined
}

export interface OneMeasurement {
  readonly names: readonly string[]
  run(progress: Progress): Promise<readonly Measured[]>
}

const progress = (text: string) => process.stderr.write(`${text}\n`)
const asJson = ({ note: _, ...figure }: Measured): Figure => figure
const loads = () =>
  loadavg()
    .map((load) => load.toFixed(1))
    .join(' ')

/** Table on stdout, progress on stderr; asserts nothing. False: `only` names a figure that there is not. */
export async function runBench(
  measurements: readonly OneMeasurement[],
  options: BenchOptions,
): Promise<boolean> {
  const known = measurements.flatMap(({ names }) => names)
  const only = options.only?.split(',')
  for (const name of only ?? []) {
    if (known.includes(name)) continue
    progress(`no figure ${name}; there are ${known.join(', ')}`)
    return false
  }
  const machine = `${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}, node ${process.version}`
  progress(`${machine}; load ${loads()}`)
  const found: Measured[] = []
  for (const { names, run } of measurements) {
    if (only && !names.some((name) => only.includes(name))) continue
    progress(`\n${names.join(', ')}: load ${loads()}`)
    const figures = await run(progress)
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
  return true
}

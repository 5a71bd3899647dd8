import { buildIndex } from '#services/travel/screening/build-index.ts'
import type { Listed } from '#services/travel/screening/person.ts'
import { openScreen, screenFlight } from '#services/travel/screening/screen-flight.ts'
import { asPerson, makePerson, syntheticList } from '../support/synthetic-list.ts'
import { seededRandom } from '../support/synthetic-names.ts'
import { type Measured, median, type Progress, quantile, rounded, spread } from './figure.ts'

const PASSENGERS = 300
const MILLION = 1_000_000

const cpuMs = (): number => {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/**
 * Milliseconds to screen a flight of 300 strangers against a list held in memory, each flight another one. The list is
 * built once and not counted; the first tenth of the flights warms up and is not counted either.
 */
export async function measureScreening(
  size: { readonly entries: number; readonly flights: number },
  progress: Progress,
): Promise<readonly Measured[]> {
  function* list(): Generator<Listed> {
    for (const { listed } of syntheticList(size.entries)) yield listed
  }
  progress(`building an index of ${size.entries} entries`)
  const [began, cpuBegan] = [performance.now(), cpuMs()]
  const screen = openScreen(buildIndex(list()))
  const built = `built in ${rounded((performance.now() - began) / 1_000)} s (${rounded((cpuMs() - cpuBegan) / 1_000)} s of processor)`
  const memory = `${Math.round((screen.index.bytes + screen.finder.bytes) / 1e6)} MB of arrays`
  const random = seededRandom(1)
  const [wall, cpu]: [number[], number[]] = [[], []]
  const warm = Math.ceil(size.flights / 10)
  let candidates = 0
  for (let round = 0; round < size.flights + warm; round += 1) {
    const flight = Array.from({ length: PASSENGERS }, () => asPerson(makePerson(random)))
    const [start, cpuStart] = [performance.now(), cpuMs()]
    const answers = screenFlight(screen, flight)
    if (round < warm) continue
    wall.push(performance.now() - start)
    cpu.push(cpuMs() - cpuStart)
    candidates += answers.filter((all) => all.length > 0).length
  }
  // A run of another size does not bear the name of the real one.
  const name = size.entries === MILLION ? 'screen_300_vs_1m_ms' : `screen_300_vs_${size.entries}_ms`
  const shown = rounded(candidates / size.flights, 2)
  return [
    {
      name,
      value: rounded(median(wall)),
      unit: 'ms',
      of: 'p50',
      per: 'flight of 300',
      note: `${spread(wall, 'ms')}; processor time p50 ${rounded(median(cpu))}, p95 ${rounded(quantile(cpu, 0.95))} ms; ${shown} shown a flight; index ${built}, ${memory}`,
    },
  ]
}

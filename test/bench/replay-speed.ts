/** `schakel replay` over a log of mixed decisions: each opened, verified and decided again. */
import { replay } from '#services/cli/replay.ts'
import { alert, feedback, tip } from './bench-messages.ts'
import { openBenchWorld, openDriver, putInbound } from './bench-world.ts'
import { type Measured, type Progress, rounded } from './figure.ts'

const PARTITION = 5
const KINDS = [tip, alert, feedback]

/** Messages in turn to one, one and two recipients; making and answering them is not timed. */
export async function measureReplay(messages: number, progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  const driver = openDriver(world, PARTITION, true)
  try {
    for (let n = 0; n < messages; n += 1) {
      const kind = KINDS[n % KINDS.length] ?? tip
      await putInbound(world, await world.make({ ...kind(), partition: PARTITION }))
      if (n % 64 === 63 || n === messages - 1) await driver.drain()
    }
    progress(`${messages} messages decided`)
    const report = await replay(world.store)
    if (report.differs > 0 || report.rederived !== report.total) throw new Error('replay differs')
    return [
      {
        name: 'replay_per_s',
        value: rounded(report.total / report.seconds),
        unit: 'decisions',
        per: 's',
        note: `${report.total} decisions, all rederived, in ${report.seconds} s`,
      },
    ]
  } finally {
    driver.close()
    await world.close()
  }
}

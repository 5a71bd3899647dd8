/** `schakel replay` over a log of mixed decisions: each opened, verified and decided again; by one process, and by one a core. */
import { availableParallelism } from 'node:os'
import { LIMITS } from '#core/limits.ts'
import { replayInWorkers } from '#services/cli/replay/replay-in-workers.ts'
import { type ReplayReport, replay } from '#services/cli/replay.ts'
import { alert, feedback, tip } from './bench-messages.ts'
import { openBenchWorld, openDriver, putInbound } from './bench-world.ts'
import { type Measured, type Progress, rounded } from './figure.ts'

const KINDS = [tip, alert, feedback]

/** Messages in turn to one, one and two recipients, over all partitions; making and answering them is not timed. */
export async function measureReplay(messages: number, progress: Progress): Promise<Measured[]> {
  const world = await openBenchWorld()
  try {
    for (let partition = 0; partition < LIMITS.partitions; partition += 1) {
      const driver = openDriver(world, partition, true)
      try {
        const share = Math.ceil(messages / LIMITS.partitions)
        for (let n = 0; n < share; n += 1) {
          const kind = KINDS[(partition + n) % KINDS.length] ?? tip
          await putInbound(world, await world.make({ ...kind(), partition }))
          if (n % 64 === 63 || n === share - 1) await driver.drain()
        }
      } finally {
        driver.close()
      }
    }
    progress(`${messages} messages decided`)
    const alone = await replay(world.store)
    const workers = availableParallelism()
    const job = { data: world.data, engine: 'compiled', filter: {}, rules: null } as const
    const shared = await replayInWorkers(job, { workers })
    return [
      figure('replay_per_s', shared, `${workers} workers, their start included`),
      figure('replay_alone_per_s', alone, 'one process'),
    ]
  } finally {
    await world.close()
  }
}

function figure(name: string, report: ReplayReport, note: string): Measured {
  if (report.differs > 0 || report.rederived !== report.total) throw new Error('replay differs')
  return {
    name,
    value: rounded(report.total / report.seconds),
    unit: 'decisions',
    per: 's',
    note: `${report.total} decisions, all rederived, in ${report.seconds} s; ${note}`,
  }
}

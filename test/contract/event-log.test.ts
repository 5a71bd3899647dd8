import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import type { AppendResult, EventLog } from '#core/ports/event-log.ts'
import { SimLog } from '../support/sim-log.ts'
import { eventLogSuite, type LogUnderTest } from './event-log.suite.ts'

const clock = { now: () => Date.now(), sleep: async () => undefined }

eventLogSuite('sqlite', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'schakel-log-')), 'log.db')
  const plain = openSqliteLog(path, clock)
  const { log, loseNext } = losing(plain)
  return {
    log,
    loseNext,
    again: () => openSqliteLog(path, clock),
    inject: async (topic, partition, entry) => {
      await plain.append(topic, partition, await plain.end(topic, partition), [entry])
    },
  }
})

eventLogSuite('simulated', async () => {
  const log = new SimLog(() => Date.now())
  return {
    log,
    again: () => log,
    loseNext(fate) {
      log.fate = fate === 'applied' ? 'lost-answer' : fate
      return { land: async () => log.landLate() }
    },
    inject: async (topic, partition, entry) => void log.inject(topic, partition, [entry]),
  }
})

/** SQLite itself never answers `unknown`: between it and the caller an answer may still get lost. */
function losing(plain: EventLog): Pick<LogUnderTest, 'log' | 'loseNext'> {
  let fate: 'applied' | 'late' | 'never' | undefined
  let late: (() => Promise<unknown>) | undefined
  const append: EventLog['append'] = async (...call): Promise<AppendResult> => {
    const now = fate
    fate = undefined
    if (!now) return await plain.append(...call)
    if (now === 'applied') await plain.append(...call)
    if (now === 'late') late = () => plain.append(...call)
    return { kind: 'unknown' }
  }
  return {
    log: { ...plain, append },
    loseNext(next) {
      fate = next
      return { land: async () => void (await late?.()) }
    },
  }
}

/** One exchange on the SQLite adapters of a folder, with the test evaluator, run until every input is answered. */
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { followControl } from '#adapters/control/follow.ts'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import { openSqlitePoison } from '#adapters/poison/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { Fold } from '#core/ports/fold.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import type { ExchangeEvent } from '#services/exchange/ports.ts'
import { runPartition } from '#services/exchange/run.ts'
import { judgeOutcomes } from './judge-outcomes.ts'
import { PARTITION } from './sim-world.ts'
import { testEvaluator } from './test-evaluator.ts'

/** Called around each port call with its name. */
export type Around = (name: string, moment: 'before' | 'after') => void

export async function runToRest(
  directory: string,
  codecs: RecordCodecs,
  around: Around = () => undefined,
): Promise<readonly ExchangeEvent[]> {
  const log = openSqliteLog(join(directory, 'log.db'), systemClock)
  const keys = openSqliteKeys(join(directory, 'keys.db'))
  const poison = openSqlitePoison(join(directory, 'poison.db'))
  const watched = watchLog(log, around)
  const artefacts = { put: async () => '', get: async () => undefined }
  const load = (number: number) => ({ number }) as Epoch
  const events: ExchangeEvent[] = []
  const stop = new AbortController()
  const inputs = await log.end('inbound', PARTITION)
  const running = runPartition(
    {
      log: watched,
      codecs,
      keys: watchKeys(keys, around),
      control: followControl({ log: watched, codecs, artefacts, clock: systemClock, load }),
      clock: systemClock,
      random: systemRandom,
      evaluator: testEvaluator(),
      fold: () =>
        watchFold(
          openSqliteFold(join(directory, 'fold.db')),
          around,
          (done) => done === inputs && stop.abort(),
        ),
      poison,
      report: (event) => events.push(event),
    },
    PARTITION,
    stop.signal,
  )
  await running
  poison.close()
  await keys.close()
  await log.close()
  return events
}

function watchCall<Args extends unknown[], T>(
  name: string,
  around: Around,
  call: (...args: Args) => Promise<T>,
) {
  return async (...args: Args): Promise<T> => {
    around(name, 'before')
    const result = await call(...args)
    around(name, 'after')
    return result
  }
}

function watchLog(log: EventLog, around: Around): EventLog {
  return {
    ...log,
    read: watchCall('read', around, log.read),
    end: watchCall('end', around, log.end),
    append: watchCall('append', around, log.append),
  }
}

function watchKeys(keys: KeyStore, around: Around): KeyStore {
  return {
    ...keys,
    put: watchCall('keys.put', around, keys.put),
    get: watchCall('keys.get', around, keys.get),
    settle: watchCall('keys.settle', around, keys.settle),
    destroy: watchCall('keys.destroy', around, keys.destroy),
  }
}

function watchFold(fold: Fold, around: Around, answered: (inputs: number) => void): Fold {
  // What an earlier process left may be all there was to do.
  setImmediate(() => answered(fold.head()?.inputs ?? 0))
  return {
    ...fold,
    commit() {
      around('fold.commit', 'before')
      fold.commit()
      around('fold.commit', 'after')
      answered(fold.head()?.inputs ?? 0)
    },
  }
}

/** What the model says of this folder's log and keys; [] is good. And the answers, without ids. */
export async function judgeFolder(
  directory: string,
  codecs: RecordCodecs,
): Promise<{ problems: string[]; answers: string[]; voids: number }> {
  const log = openSqliteLog(join(directory, 'log.db'), systemClock)
  const keys = openSqliteKeys(join(directory, 'keys.db'))
  const judged = judgeOutcomes({
    codecs,
    outcomes: await log.read('outcomes', PARTITION, 0),
    inbound: await log.read('inbound', PARTITION, 0),
    mayPark: (op) => op.op === 'bug' || op.op === 'die',
  })
  const there = new Set([...(await keys.list('content')), ...(await keys.list('case'))].map(({ id }) => id))
  const problems = [...judged.problems]
  for (const id of judged.living) if (!there.has(id)) problems.push(`key ${id} is missing`)
  for (const id of there) if (!judged.living.has(id)) problems.push(`key ${id} is an orphan`)
  await keys.close()
  await log.close()
  const answers = judged.outcomes.flatMap(({ in: input, answer, effects }) =>
    input ? [`${input.n} ${answer.kind} ${answer.code} ${effects.map((effect) => effect.kind).join()}`] : [],
  )
  return { problems, answers, voids: judged.voids }
}

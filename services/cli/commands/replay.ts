import { availableParallelism } from 'node:os'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { Failure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { Call, CliCommand } from '../command.ts'
import type { OpenAs } from '../open-parts.ts'
import { openStore, withStore } from '../open-store.ts'
import { proposedRules, readRules } from '../replay/proposed-rules.ts'
import { replayInWorkers } from '../replay/replay-in-workers.ts'
import { type ReplayOptions, type ReplayReport, replay } from '../replay.ts'

function partitionOption(text: string | undefined): Pick<ReplayOptions, 'partition'> {
  if (text === undefined) return {}
  if (!/^(?:[0-9]|1[0-5])$/.test(text)) throw new Failure('OPS_USAGE', '/partition')
  return { partition: Number(text) }
}

/** ISO 8601 date or time with its zone, so that a range means the same everywhere. */
function timeOption(name: 'from' | 'until', text: string | undefined): Pick<ReplayOptions, 'from' | 'until'> {
  if (text === undefined) return {}
  const zoned = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2}))?$/
  const time = zoned.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time))
    throw new Failure('OPS_USAGE', `/${name}`, 'write 2026-11-24 or 2026-11-24T18:00:00Z')
  return { [name]: time }
}

function engineOption(text: string | undefined): Partial<OpenAs> {
  if (text === undefined || text === 'compiled') return {}
  if (text !== 'cedar') throw new Failure('OPS_USAGE', '/engine')
  return { engine: cedarEngine() }
}

function filterOf(call: Call): ReplayOptions {
  return {
    ...partitionOption(call.option('partition')),
    ...timeOption('from', call.option('from')),
    ...timeOption('until', call.option('until')),
    caseRef: call.option('case'),
    partner: call.option('partner'),
    type: call.option('type'),
  }
}

/** One partition, or a short log, is not worth the start of workers. */
const WORTH_WORKERS = 20_000

async function replayOf(call: Call): Promise<() => Promise<ReplayReport>> {
  const { partition, ...filter } = filterOf(call)
  const folder = call.option('with')
  const rules = folder === undefined ? undefined : readRules(folder)
  const progress = (total: number) => call.out.progress(`replay: ${total} verdicts`)
  const workers = await workersOf(call, partition)
  if (workers > 1) {
    const engine = call.option('engine') === 'cedar' ? 'cedar' : 'compiled'
    engineOption(call.option('engine'))
    const job = { data: call.data, engine, filter, rules: rules ? [...rules] : null } as const
    return () => replayInWorkers(job, { workers, progress, signal: call.signal })
  }
  return () =>
    withStore(call.data, engineOption(call.option('engine')), async (store) => {
      const proposed = rules && (await proposedRules(store, rules))
      return replay(store, { ...filter, partition, proposed, progress, signal: call.signal })
    })
}

async function workersOf(call: Call, partition: number | undefined): Promise<number> {
  const asked = call.option('workers')
  if (asked !== undefined && !/^(?:[1-9]|1[0-6])$/.test(asked)) throw new Failure('OPS_USAGE', '/workers')
  if (partition !== undefined) return 1
  if (asked !== undefined) return Number(asked)
  const store = await openStore(call.data)
  try {
    const ends = await Promise.all(
      Array.from({ length: LIMITS.partitions }, (_, each) => store.log.end('outcomes', each)),
    )
    return ends.reduce((sum, end) => sum + end, 0) > WORTH_WORKERS ? availableParallelism() : 1
  } finally {
    await store.close()
  }
}

export const replayCommand: CliCommand = {
  name: 'replay',
  usage:
    'replay [--partition n] [--from time] [--until time] [--case ref] [--partner oin] [--type name] [--engine name] [--workers n] [--with dir]',
  summary: 'Derives every verdict again from the log alone, and says where one differs',
  options: {
    partition: { type: 'string', value: '0..15', text: 'this partition only' },
    from: {
      type: 'string',
      value: 'time',
      text: 'decided at or after this time (2026-11-24, or with …T18:00:00Z)',
    },
    until: { type: 'string', value: 'time', text: 'decided before this time' },
    case: { type: 'string', value: 'ref', text: 'this case only' },
    partner: { type: 'string', value: 'oin', text: 'hand-offs from or to this partner only' },
    type: { type: 'string', value: 'name', text: 'this message type only' },
    engine: { type: 'string', value: 'compiled|cedar', text: 'who decides again (default: compiled)' },
    workers: {
      type: 'string',
      value: '1..16',
      text: 'how many work at once (default: as many as cores for a long log, else 1)',
    },
    with: { type: 'string', value: 'dir', text: 'under the rules in this folder: lists what would flip' },
  },
  positionals: [0, 0],
  async run(call) {
    const report = await (await replayOf(call))()
    const { total, rederived, reasoned, attested, differs, seconds, differing, flips } = report
    call.out.answer(report, [
      `${total} verdicts in ${seconds.toFixed(1)} s: ${rederived} rederived, ${reasoned} reasoned, ${attested} attested, ${differs} differ`,
      ...differing.map(({ at, handoff, what }) => `  DIFFERS  ${handoff}  ${what}  (${at})`),
      ...flips.map(({ handoff, type, was, would, members, reasons }) =>
        `  would flip  ${handoff}  ${type}  ${was} → ${would}  ${[...members, ...reasons].join(' ')}`.trimEnd(),
      ),
      ...(call.option('with') === undefined ? [] : [`${flips.length} would flip`]),
    ])
    return differs === 0 ? 0 : 1
  },
}

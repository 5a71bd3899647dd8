import { fail } from '#core/failure.ts'
import type { DutyState } from '#core/ports/fold.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { dutyTable } from '../describe-duties.ts'
import { withStore } from '../open-store.ts'

const ALIVE: readonly DutyState[] = ['open', 'awaiting', 'missed']
const ENDED: readonly DutyState[] = ['met', 'late', 'ended', 'withdrawn']
const HOURS = /^([1-9]\d{0,4})([hd])$/
const HOUR_MS = 3_600_000
const MOST = 1_000

/** Without a choice: everything that something may still become of. */
function statesOf(call: Call): readonly DutyState[] {
  const chosen: readonly DutyState[] = [
    ...(call.flag('open') ? (['open', 'awaiting'] as const) : []),
    ...(call.flag('missed') ? (['missed'] as const) : []),
  ]
  if (call.flag('all')) return [...ALIVE, ...ENDED]
  return chosen.length > 0 ? chosen : ALIVE
}

function before(call: Call, now: number): number | undefined {
  const text = call.option('due')
  if (text === undefined) return undefined
  const [, count, unit] = HOURS.exec(text) ?? fail('OPS_USAGE', '/due', '--due 5d or --due 36h')
  return now + Number(count) * (unit === 'd' ? 24 : 1) * HOUR_MS
}

export const duties: CliCommand = {
  name: 'duties',
  usage: 'duties [--open] [--missed] [--all] [--due <5d|36h>]',
  summary:
    'Deadlines that hand-offs brought: who must do what by when, and what became of it; 1: some are missed',
  options: {
    open: { type: 'boolean', text: 'only those whose time has not come' },
    missed: { type: 'boolean', text: 'only those that are missed and not met' },
    all: { type: 'boolean', text: 'those that are over too' },
    due: {
      type: 'string',
      value: '5d|36h',
      text: 'only those whose end comes within this time, or has come',
    },
  },
  positionals: [0, 0],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async ({ view, control, clock }) => {
      const rows = view.duties({ states: statesOf(call), before: before(call, clock.now()), limit: MOST })
      const { epoch } = control.current()
      for (const row of rows) call.out.json(row)
      if (rows.length === 0) call.out.line(call.lang === 'nl' ? 'geen' : 'none')
      else for (const line of dutyTable(rows, epoch, call.lang)) call.out.line(line)
      return rows.some((row) => row.state === 'missed') ? 1 : 0
    }),
}

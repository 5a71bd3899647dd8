import { fail } from '#core/failure.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { exportLdv } from '../ldv/export-lines.ts'
import { withStore } from '../open-store.ts'

const TIME = /^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,3})?)?Z)?$/

/** A day (its first moment, UTC) or a moment with Z, as ms. */
function momentOf(text: string | undefined, name: string, otherwise: number): number {
  if (text === undefined) return otherwise
  const ms = TIME.test(text) ? Date.parse(text) : Number.NaN
  return Number.isFinite(ms) ? ms : fail('OPS_USAGE', `/${name}`, 'a day, or a time that ends in Z')
}

export const ldvExport: CliCommand = {
  name: 'ldv export',
  usage: 'ldv export [--from <time>] [--to <time>]',
  summary:
    'Processing records (Logboek Dataverwerkingen), one per decision, derived from the log: none can be missing',
  options: {
    from: {
      type: 'string',
      value: 'time',
      text: 'first moment: 2026-11-24 or 2026-11-24T10:00:00Z (default: the beginning)',
    },
    to: { type: 'string', value: 'time', text: 'moment after the last (default: now)' },
  },
  positionals: [0, 0],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async ({ log, codecs, keys, view, clock }) => {
      const from = momentOf(call.option('from'), 'from', 0)
      const to = momentOf(call.option('to'), 'to', clock.now() + 1)
      if (from >= to) fail('OPS_USAGE', '/to', 'not after from')
      const caseOf = (handoff: Parameters<typeof view.handoff>[0]) => view.handoff(handoff)?.caseRef
      const report = await exportLdv({ log, codecs, keys, caseOf }, { from, to }, (line) => {
        call.out.json(line)
        call.out.line(JSON.stringify(line))
      })
      const complete = report.gaps.length === 0 && report.lines === report.decisions
      call.out.progress(
        `${report.lines} records of ${report.decisions} decisions in ${report.outcomes} outcomes${complete ? '' : `; MISSING in ${report.gaps.length} outcomes`}`,
      )
      for (const gap of report.gaps.slice(0, 20)) call.out.progress(`  ${JSON.stringify(gap)}`)
      return complete ? 0 : 1
    }),
}

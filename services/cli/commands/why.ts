import { fail } from '#core/failure.ts'
import { parseHandoffId } from '#core/ids.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { describeDuties } from '../describe-duties.ts'
import { describeHandoff } from '../describe-handoff.ts'
import { withStore } from '../open-store.ts'

export const why: CliCommand = {
  name: 'why',
  usage: 'why <hand-off>',
  summary: 'Why a hand-off is what it is: rule, article, reasons, withheld fields',
  options: {},
  positionals: [1, 1],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async ({ view, control }) => {
      const id = parseHandoffId(call.positionals[0], '/hand-off')
      const row = view.handoff(id)
      if (!row) return fail('OPS_NOT_FOUND', '/hand-off')
      const decisions = await view.decisions(id)
      const decided = decisions.findLast((record) => record.verdict !== null)
      const epoch = await control.resolve(decided?.epoch ?? row.epoch)
      const [duties, answers] = [view.dutiesOf(id), view.dutiesBy(id)]
      const lines = [
        ...describeHandoff(row, decisions, epoch, call.lang),
        ...describeDuties(duties, answers, epoch, call.lang),
      ]
      call.out.answer({ ...row, decisions, duties, answers }, lines)
      return 0
    }),
}

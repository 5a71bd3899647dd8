import { Failure } from '#core/failure.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { withStore } from '../open-store.ts'
import { type ReplayOptions, replay } from '../replay.ts'

function partitionOption(text: string | undefined): { partition?: number } {
  if (text === undefined) return {}
  if (!/^(?:[0-9]|1[0-5])$/.test(text)) throw new Failure('OPS_USAGE', '/partition')
  return { partition: Number(text) }
}

function seqOption(name: 'from' | 'to', text: string | undefined): { from?: number; to?: number } {
  if (text === undefined) return {}
  if (!/^[1-9][0-9]{0,14}$/.test(text)) throw new Failure('OPS_USAGE', `/${name}`)
  return { [name]: Number(text) }
}

function optionsOf(call: Call): ReplayOptions {
  const text = (option: string, name: keyof ReplayOptions) => {
    const value = call.option(option)
    return value === undefined ? {} : { [name]: value }
  }
  return {
    ...partitionOption(call.option('partition')),
    ...seqOption('from', call.option('from')),
    ...seqOption('to', call.option('to')),
    ...text('case', 'caseRef'),
    ...text('partner', 'partner'),
    ...text('type', 'type'),
    ...text('with', 'with'),
  }
}

export const replayCommand: CliCommand = {
  name: 'replay',
  usage:
    'replay [--partition n] [--from seq] [--to seq] [--case ref] [--partner oin] [--type name] [--with dir]',
  summary: 'Derives every verdict again from the log alone, and says where one differs',
  options: {
    partition: { type: 'string', value: '0..15', text: 'this partition only' },
    from: { type: 'string', value: 'seq', text: 'from this outcome' },
    to: { type: 'string', value: 'seq', text: 'up to this outcome' },
    case: { type: 'string', value: 'ref', text: 'this case only' },
    partner: { type: 'string', value: 'oin', text: 'hand-offs from or to this partner only' },
    type: { type: 'string', value: 'name', text: 'this message type only' },
    with: { type: 'string', value: 'dir', text: 'under the rules in this folder: lists what would flip' },
  },
  positionals: [0, 0],
  run: (call) =>
    withStore<ExitCode>(call.data, async ({ log, codecs, keys, control }) => {
      const report = await replay({ log, codecs, keys, control }, optionsOf(call), (text) =>
        call.out.progress(text),
      )
      const { total, rederived, reasoned, attested, differs, seconds, differing, flips } = report
      call.out.answer(report, [
        `${total} verdicts in ${seconds.toFixed(1)} s: ${rederived} rederived, ${reasoned} reasoned, ${attested} attested, ${differs} differ`,
        ...differing.map((each) => `  differs: ${JSON.stringify(each)}`),
        ...flips.map((each) => `  flips: ${JSON.stringify(each)}`),
      ])
      return differs === 0 ? 0 : 1
    }),
}

import { readFile } from 'node:fs/promises'
import { fail } from '#core/failure.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { connectAs, PARTNER_OPTIONS } from '../connect-as.ts'
import { urnOfParty } from '../read-party.ts'
import { readPublication } from '../read-publication.ts'

const WAIT_MAX = 30

function waitOf(text: string | undefined): number {
  const seconds = text === undefined ? 5 : Number(text)
  return Number.isInteger(seconds) && seconds >= 0 && seconds <= WAIT_MAX
    ? seconds
    : fail('OPS_USAGE', '/wait')
}

export const publish: CliCommand = {
  name: 'publish',
  usage: 'publish <file.json> --as <partner/endpoint>',
  summary: 'Signs, seals and sends one message as a partner, and prints what became of it',
  options: {
    ...PARTNER_OPTIONS,
    wait: { type: 'string', value: 's', text: 'seconds to wait for the outcome (default: 5)' },
  },
  positionals: [1, 1],
  run: async (call): Promise<ExitCode> => {
    const { type, publication } = readPublication(
      await readFile(call.positionals[0] ?? '', 'utf8'),
      urnOfParty,
    )
    const wait = waitOf(call.option('wait'))
    const connection = await connectAs(call)
    try {
      const status = await connection.publish(type, { ...publication, wait })
      const lines = status.handoffs.map(({ handoff, to, state, verdict }) => {
        const reasons = verdict?.reasons.map((reason) => reason.code).join(', ') ?? ''
        return `  ${handoff}  ${to}  ${state}  ${verdict?.kind ?? ''}  ${reasons}`.trimEnd()
      })
      const error = status.error
        ? [`  ${status.error.code}: ${status.error.title}; next: ${status.error.next}`]
        : []
      call.out.answer(status, [`${status.id}  ${status.state}`, ...lines, ...error])
      if (status.state === 'accepted') return 2
      const permitted = status.handoffs.every((handoff) => handoff.verdict?.kind.startsWith('permit'))
      return status.state === 'decided' && permitted ? 0 : 1
    } finally {
      connection.close()
    }
  },
}

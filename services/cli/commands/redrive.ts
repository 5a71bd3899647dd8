import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { readParked } from '#core/log/redrive.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { withStore } from '../open-store.ts'

const PLACE = /^(0|[1-9][0-9]?)-([1-9][0-9]{0,14})$/

export const redrive: CliCommand = {
  name: 'redrive',
  usage: 'redrive <partition>-<seq>',
  summary: 'Puts the original bytes of a parked input in again (within 7 days)',
  options: {},
  positionals: [1, 1],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async ({ log, codecs }) => {
      const match = PLACE.exec(call.positionals[0] ?? '')
      const partition = Number(match?.[1] ?? LIMITS.partitions)
      if (!match || partition >= LIMITS.partitions) return fail('OPS_USAGE', '/partition-seq')
      const inbound = await readParked(log, codecs, partition, Number(match[2]))
      const { position } = await log.put(partition, codecs.inbound.encode(inbound))
      call.out.answer({ partition, position }, [
        `in the log again: inbound ${partition}, position ${position}`,
      ])
      return 0
    }),
}

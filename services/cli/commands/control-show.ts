import type { CliCommand, ExitCode } from '../command.ts'
import { formatTable } from '../format-table.ts'
import { withStore } from '../open-store.ts'
import { followHeads } from '../partition-heads.ts'

export const controlShow: CliCommand = {
  name: 'control show',
  usage: 'control show [<path prefix>]',
  summary: 'The current epoch, whether it is in force in every partition, and its artefacts by hash',
  options: {},
  positionals: [0, 1],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async (store) => {
      const { latest, artefacts, at } = store.control.state()
      const { epoch } = store.control.current()
      const heads = await followHeads(store)()
      const behind = heads.flatMap((head, partition) =>
        head.epoch >= latest && head.sweep.done ? [] : [partition],
      )
      const prefix = call.positionals[0] ?? ''
      const shown = [...artefacts].filter(([path]) => path.startsWith(prefix)).toSorted()
      const state = behind.length === 0 ? 'in force' : `not yet in force in partitions ${behind.join(', ')}`
      call.out.answer(
        {
          epoch: latest,
          at: new Date(at).toISOString(),
          inForce: behind.length === 0,
          behind,
          strict: epoch.profile.strict,
          versions: epoch.versions,
          artefacts: Object.fromEntries(shown),
        },
        [
          `epoch ${latest} of ${new Date(at).toISOString()}: ${state}; profile ${epoch.profile.strict ? 'strict' : 'development'}`,
          ...formatTable(['path', 'sha-256'], shown),
        ],
      )
      return behind.length === 0 ? 0 : 1
    }),
}

import { openTileFolder } from '#adapters/tiles/folder.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { fsck } from '../fsck.ts'
import { withStore } from '../open-store.ts'

export const fsckCommand: CliCommand = {
  name: 'fsck',
  usage: 'fsck',
  summary: 'Judges the whole store by a model of its own: chains, states, permits, keys, ledger',
  options: {},
  positionals: [0, 0],
  run: (call) =>
    withStore<ExitCode>(call.data, {}, async (store) => {
      const { log, codecs, keys, artefacts, paths } = store
      const tiles = openTileFolder(paths.ledger)
      const report = await fsck({ log, codecs, keys, artefacts, tiles }, (count) =>
        call.out.progress(`fsck: ${count} outcomes`),
      )
      const { ok, outcomes, voids, handoffs, leaves, size, problems } = report
      call.out.answer(report, [
        ok ? 'ok' : `${problems.length} problems`,
        `outcomes ${outcomes}, void records ${voids}, hand-offs ${handoffs}, leaves ${leaves}, ledger ${size}`,
        ...problems.map((problem) => `  ${JSON.stringify(problem)}`),
      ])
      return ok ? 0 : 1
    }),
}

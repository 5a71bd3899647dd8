import { readFile, writeFile } from 'node:fs/promises'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { Failure } from '#core/failure.ts'
import { parseHandoffId } from '#core/ids.ts'
import { verifyBundle } from '#core/ledger/verify-bundle.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { withStore } from '../open-store.ts'
import { prove } from '../prove.ts'

/** Needs no data directory: a bundle and a key that the verifier already has. */
async function verify(call: Call, file: string): Promise<ExitCode> {
  const vkey = call.option('vkey')
  if (vkey === undefined)
    throw new Failure('OPS_USAGE', '/vkey', 'the verifier key: a text or a file you already have')
  const key = vkey.includes('+') ? vkey : (await readFile(vkey, 'utf8')).trim()
  const shown = call.option('presentation')
  const presentation = shown === undefined ? undefined : (await readFile(shown, 'utf8')).trim()
  const report = verifyBundle(JSON.parse(await readFile(file, 'utf8')), key, presentation)
  call.out.answer(report, [
    report.ok
      ? `ok: ${report.handoff}, ${report.leaves} leaves in a tree of ${report.size}`
      : 'does not verify',
    ...report.states.map(({ at, state, verdict }) =>
      `  ${new Date(at).toISOString()}  ${state}  ${verdict ?? ''}`.trimEnd(),
    ),
    ...report.problems.map(({ at, problem }) => `  ${at}: ${problem}`),
  ])
  return report.ok ? 0 : 1
}

export const proveCommand: CliCommand = {
  name: 'prove',
  usage: 'prove <hand-off> | prove --verify <file> --vkey <key or file>',
  summary: 'Writes the evidence bundle of a hand-off, or verifies one offline',
  options: {
    out: { type: 'string', value: 'file', text: 'write the bundle here (default: stdout)' },
    verify: { type: 'string', value: 'file', text: 'verify this bundle instead' },
    presentation: {
      type: 'string',
      value: 'file',
      text: 'with --verify: the hand-off as presented (SD-JWT), to compare',
    },
    vkey: { type: 'string', value: 'key', text: 'verifier key of the ledger, or a file that holds it' },
  },
  positionals: [0, 1],
  run: async (call) => {
    const file = call.option('verify')
    if (file !== undefined) return verify(call, file)
    const id = parseHandoffId(call.positionals[0], '/hand-off')
    return withStore<ExitCode>(call.data, {}, async ({ log, codecs, keys, paths }) => {
      const tiles = openTileFolder(paths.ledger)
      const bundle = await prove({ log, codecs, keys, tiles }, id)
      const out = call.option('out')
      if (out === undefined) call.out.answer(bundle, [JSON.stringify(bundle, null, 2)])
      else {
        await writeFile(out, `${JSON.stringify(bundle, null, 2)}\n`)
        call.out.answer({ written: out }, [`written: ${out}`])
      }
      return 0
    })
  },
}

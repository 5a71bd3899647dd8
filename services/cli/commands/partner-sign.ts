import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fail } from '#core/failure.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { readPartnerFolder, signaturesOf } from '../partner/partner-folder.ts'

export const partnerSign: CliCommand = {
  name: 'partner sign',
  usage: 'partner sign <folder>',
  summary: 'A partner signs the agreements of its folder with its own key, once that has a certificate',
  options: {},
  positionals: [1, 1],
  run: async (call): Promise<ExitCode> => {
    const given = call.positionals[0] ?? ''
    const folder = resolve(given)
    const signatures = await signaturesOf(await readPartnerFolder(folder))
    if (!signatures) return fail('OPS_KEY', '/identity/sign.key.pem', 'the key is not here')
    for (const [path, bytes] of signatures) await writeFile(join(folder, path), bytes)
    const signed = [...signatures.keys()]
    const next = `schakel partner admit ${given}`
    call.out.answer({ signed, next }, [
      ...(signed.length === 0 ? ['nothing is left to sign'] : signed.map((path) => `signed: ${path}`)),
      `next, by the operator: ${next}`,
    ])
    return 0
  },
}

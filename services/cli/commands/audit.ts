import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { audit } from '../audit.ts'
import type { Call, CliCommand } from '../command.ts'

/** Client certificate for a gateway of ours: an identity folder's tls.*. */
async function clientOf(call: Call): Promise<{ client?: { ca: string; cert?: string; key?: string } }> {
  const ca = call.option('ca')
  const identity = call.option('identity')
  if (identity !== undefined) {
    const read = (name: string) => readFile(join(identity, name), 'utf8')
    return {
      client: { ca: await read('ca.pem'), cert: await read('tls.cert.pem'), key: await read('tls.key.pem') },
    }
  }
  return ca === undefined ? {} : { client: { ca: await readFile(ca, 'utf8') } }
}

export const auditCommand: CliCommand = {
  name: 'audit',
  usage: 'audit <url or folder>',
  summary: 'Checks any C2SP tile log: signatures, every tile and entry, every root',
  options: {
    vkey: { type: 'string', value: 'key', text: 'verifier key (default: the vkey file beside the tiles)' },
    since: { type: 'string', value: 'file', text: 'an earlier checkpoint that must be a prefix' },
    ca: { type: 'string', value: 'file', text: 'CA of an https url, PEM' },
    identity: {
      type: 'string',
      value: 'dir',
      text: 'identity folder for an https url that asks for a certificate',
    },
  },
  positionals: [1, 1],
  run: async (call) => {
    const text = (name: 'vkey' | 'since') => {
      const value = call.option(name)
      return value === undefined ? {} : { [name]: value }
    }
    const report = await audit(call.positionals[0] ?? '', {
      ...text('vkey'),
      ...text('since'),
      ...(await clientOf(call)),
      progress: (leaves) => call.out.progress(`audit: ${leaves} leaves`),
    })
    const { ok, origin, size, root, checkpoints, tiles, problems } = report
    call.out.answer(report, [
      ok ? 'ok' : `${problems.length} problems`,
      `${origin}: size ${size}, root ${root}, ${checkpoints} checkpoints, ${tiles} tiles`,
      ...problems.map(({ at, problem }) => `  ${at}: ${problem}`),
    ])
    return ok ? 0 : 1
  },
}

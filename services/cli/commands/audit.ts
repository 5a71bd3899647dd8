import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TileClient } from '#adapters/tiles/http.ts'
import { audit } from '../audit.ts'
import type { Call, CliCommand } from '../command.ts'

/** Whom to trust behind https, and as whom to connect: `--ca`, `--identity`, else the CA of the data directory if there is one. */
async function tlsOf(call: Call): Promise<TileClient> {
  const own = join(call.data, 'pki', 'ca.pem')
  const ca = call.option('ca') ?? (existsSync(own) ? own : undefined)
  const identity = call.option('identity')
  if (identity !== undefined) {
    const read = (name: string) => readFile(join(identity, name), 'utf8')
    return { ca: await read('ca.pem'), cert: await read('tls.cert.pem'), key: await read('tls.key.pem') }
  }
  return ca === undefined ? {} : { ca: await readFile(ca, 'utf8') }
}

export const auditCommand: CliCommand = {
  name: 'audit',
  usage: 'audit <url or folder>',
  summary: 'Checks any C2SP tile log: signatures, every tile and entry, every root',
  options: {
    vkey: { type: 'string', value: 'key', text: 'verifier key (default: the vkey file beside the tiles)' },
    since: { type: 'string', value: 'file', text: 'an earlier checkpoint that must be a prefix' },
    ca: {
      type: 'string',
      value: 'file',
      text: 'CA of an https url, PEM (default: pki/ca.pem of the data directory)',
    },
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
      tls: await tlsOf(call),
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

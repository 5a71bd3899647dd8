import { existsSync } from 'node:fs'
import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { issueIdentity } from '#adapters/pki/issue-identity.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { writeIdentity } from '#adapters/pki/write-identity.ts'
import { fail } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import { applyChange, prepareChange, waitInForce } from '../apply-to-control.ts'
import type { CliCommand, ExitCode } from '../command.ts'
import { readAuthority } from '../first-time/authority.ts'
import { openStore } from '../open-store.ts'
import { projectRoot } from '../project-root.ts'
import { storePaths } from '../store-paths.ts'

interface PartnerText {
  readonly id: string
  readonly oin: string
  readonly name: string
}

function readPartner(text: string, id: string): PartnerText {
  const { oin, name } = JSON.parse(text) as Partial<PartnerText>
  if (typeof name !== 'string') return fail('OPS_USAGE', '/name')
  return { id, oin: parseOin(oin, '/oin'), name }
}

/** What was sealed to the old key can be read with the old key only. */
async function keepOld(folder: string, epoch: number): Promise<string | undefined> {
  if (!existsSync(folder)) return undefined
  const before = `${folder}.before-${epoch}`
  await cp(folder, before, { recursive: true, preserveTimestamps: true })
  return before
}

export const partnerKeys: CliCommand = {
  name: 'partner keys',
  usage: 'partner keys <id>',
  summary:
    'Keys and certificates of the development PKI for contracts/partner/<id>.json, registered in control',
  options: {
    renew: { type: 'boolean', text: 'new keys for a partner that has some; the old ones are kept beside' },
    'no-wait': { type: 'boolean', text: 'do not wait until it is in force' },
  },
  positionals: [1, 1],
  run: async (call): Promise<ExitCode> => {
    const id = call.positionals[0] ?? ''
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id)) return fail('OPS_USAGE', '/id')
    const path = `contracts/partner/${id}.json`
    const bytes = await readFile(projectRoot(path)).catch(() =>
      fail('OPS_NOT_FOUND', path, 'schakel new partner writes one'),
    )
    const { oin, name } = readPartner(bytes.toString('utf8'), id)
    const folder = join(storePaths(call.data).partners, id)
    if (existsSync(folder) && !call.flag('renew'))
      return fail('OPS_USAGE', '/id', 'has keys already; --renew makes new ones')
    const store = await openStore(call.data)
    try {
      const pki = systemPkiPorts(store.clock, store.random)
      const order = { oin, commonName: id, organisation: name }
      const identity = issueIdentity(pki, await readAuthority(store.paths), order)
      const put = new Map<string, Uint8Array>([[path, bytes]])
      for (const { thumbprint, certPem } of [identity.sign, identity.seal])
        put.set(`pki/cert/${thumbprint}.pem`, Buffer.from(certPem))
      const change = await prepareChange(store, { put, remove: [], note: `partner ${id}` })
      const before = await keepOld(folder, change.epoch)
      await applyChange(store, change)
      await writeIdentity(folder, identity, { replace: true })
      const waited = !call.flag('no-wait')
      const inForce = waited && (await waitInForce(store, change.epoch, call.signal))
      call.out.answer({ partner: id, oin, folder, epoch: change.epoch, inForce }, [
        `${name} (${oin}): keys in ${folder}, certificates in epoch ${change.epoch}`,
        ...(before ? [`the keys before: ${before}; revoke their certificates when nothing needs them`] : []),
      ])
      return waited && !inForce ? 2 : 0
    } finally {
      await store.close()
    }
  },
}

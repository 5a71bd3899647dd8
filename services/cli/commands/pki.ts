import { createPublicKey } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { readRequest } from '#adapters/pki/certificate-request.ts'
import { issueCertificate } from '#adapters/pki/issue-certificate.ts'
import { issueCrl } from '#adapters/pki/issue-crl.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { fail } from '#core/failure.ts'
import { readCa, readCertificate } from '#core/message/certificate.ts'
import { readCrl } from '#core/message/crl.ts'
import { applyChange, prepareChange, waitInForce } from '../apply-to-control.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { readAuthority } from '../first-time/authority.ts'
import { formatTable } from '../format-table.ts'
import { openStore, type Store } from '../open-store.ts'

const CRL_DAYS = 30
const USES = ['sign', 'seal', 'tls'] as const

async function artefactText(store: Store, path: string): Promise<string> {
  const bytes = await store.control.artefact(path)
  return bytes ? Buffer.from(bytes).toString('utf8') : fail('OPS_NOT_FOUND', path)
}

function show(call: Call, store: Store): ExitCode {
  const { epoch } = store.control.current()
  const day = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const certificates = [...epoch.certificates.values()].map(({ thumbprint, oin, use, notAfter, serial }) => {
    const owner = epoch.partners.get(oin)?.id ?? ''
    return { thumbprint, partner: owner, oin, use, until: day(notAfter), serial }
  })
  const rows = certificates.map(({ thumbprint, partner, oin, use, until }) => [
    partner,
    oin,
    use,
    until,
    thumbprint,
  ])
  const revoked = [...epoch.revoked]
  call.out.answer({ certificates, revoked }, [
    ...formatTable(['partner', 'oin', 'use', 'until', 'thumbprint'], rows),
    ...revoked.map((thumbprint) => `revoked: ${thumbprint}`),
  ])
  return 0
}

/** A certificate for a request (PKCS#10) whose maker keeps the key; it counts once `control apply` has registered it. */
async function sign(call: Call, store: Store, file: string): Promise<ExitCode> {
  const use =
    USES.find((each) => each === call.option('use')) ?? fail('OPS_USAGE', '/use', 'sign, seal or tls')
  const { oin, commonName, organisation, publicKey } = readRequest(await readFile(file, 'utf8'))
  const pki = systemPkiPorts(store.clock, store.random)
  const order = {
    oin,
    commonName,
    organisation,
    use,
    publicKey: createPublicKey(publicKey.export({ format: 'pem', type: 'spki' })),
  }
  const { certPem, thumbprint } = issueCertificate(pki, await readAuthority(store.paths), order)
  const out = call.option('out')
  if (out !== undefined) await writeFile(out, certPem)
  call.out.answer({ thumbprint, oin, use, ...(out === undefined ? { pem: certPem } : { written: out }) }, [
    out === undefined ? certPem.trimEnd() : `written: ${out}`,
    `register it: schakel control apply pki/cert/${thumbprint}.pem=<file>`,
  ])
  return 0
}

/** A new CRL with this certificate on it, in force when every partition has answered: its open hand-offs are recalled. */
async function revoke(call: Call, store: Store, subject: string): Promise<ExitCode> {
  const caPem = await artefactText(store, 'pki/ca.pem')
  const ca = readCa(caPem)
  const pem = subject.endsWith('.pem')
    ? await readFile(subject, 'utf8')
    : await artefactText(store, `pki/cert/${subject}.pem`)
  const { serial, thumbprint } = readCertificate(pem, ca)
  const old = readCrl(await artefactText(store, 'pki/crl.pem'), ca)
  const now = store.clock.now()
  const revoked = [...new Set([...old.serials, serial])].map((each) => ({ serial: each, at: now }))
  const pki = systemPkiPorts(store.clock, store.random)
  const number = Number.parseInt(old.number, 16) + 1
  const crl = issueCrl(pki, await readAuthority(store.paths), { number, days: CRL_DAYS, revoked })
  const put = new Map([['pki/crl.pem', Buffer.from(crl)]])
  const change = await prepareChange(store, { put, remove: [], note: `revoked ${thumbprint}` })
  await applyChange(store, change)
  const waited = !call.flag('no-wait')
  const inForce = waited && (await waitInForce(store, change.epoch, call.signal))
  call.out.answer({ revoked: thumbprint, epoch: change.epoch, inForce }, [
    `${thumbprint}: revoked in epoch ${change.epoch}, ${inForce ? 'in force' : 'not in force yet'}`,
  ])
  return waited && !inForce ? 2 : 0
}

export const pki: CliCommand = {
  name: 'pki',
  usage:
    'pki show | pki sign <request.pem> --use <sign|seal|tls> | pki revoke <thumbprint | certificate.pem>',
  summary: 'The development PKI: what is registered, certificates for requests, revocation',
  options: {
    use: { type: 'string', value: 'sign|seal|tls', text: 'what the key is for' },
    out: { type: 'string', value: 'file', text: 'write the certificate here (default: stdout)' },
    'no-wait': { type: 'boolean', text: 'do not wait until it is in force' },
  },
  positionals: [1, 2],
  run: async (call): Promise<ExitCode> => {
    const [action, subject] = call.positionals
    const store = await openStore(call.data)
    try {
      if (action === 'show' && subject === undefined) return show(call, store)
      if (action === 'sign' && subject !== undefined) return await sign(call, store, subject)
      if (action === 'revoke' && subject !== undefined) return await revoke(call, store, subject)
      return fail('OPS_USAGE', '/action', 'show, sign <request> or revoke <thumbprint>')
    } finally {
      await store.close()
    }
  },
}

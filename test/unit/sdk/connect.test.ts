import { cpSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createCa } from '#adapters/pki/create-ca.ts'
import type { PartnerIdentity } from '#adapters/pki/issue-identity.ts'
import { issueIdentity } from '#adapters/pki/issue-identity.ts'
import { writeIdentity } from '#adapters/pki/write-identity.ts'
import { SdkHarness } from '../../support/sdk-harness.ts'
import { OINS } from '../../support/test-epoch.ts'

const harness = new SdkHarness()
beforeAll(() => harness.start())
afterAll(() => harness.stop())

const errorOf = (promise: Promise<unknown>) =>
  promise.then(
    () => ({ code: 'accepted', retryable: false, pointer: null }),
    (error: { name?: string; code?: string; retryable?: boolean; pointer?: string | null }) => error,
  )

/** A copy of ecpat's folder with something wrong in it. */
function folder(name: string, change: (path: string) => void): string {
  const path = join(harness.folder, name)
  cpSync(harness.path(OINS.ecpat), path, { recursive: true })
  change(path)
  return path
}

const connectWith = (identity: string) => harness.connect(OINS.ecpat, 'meldpunt', { identity })

describe('identities that are refused', () => {
  const other = () => harness.identities.get(OINS.tbkk) as PartnerIdentity
  const cases: Record<string, [string, (path: string) => void]> = {
    'no sealing key': ['OPS_KEY', (path) => rmSync(join(path, 'seal.key.pem'))],
    'a key that is none': ['OPS_KEY', (path) => writeFileSync(join(path, 'sign.key.pem'), 'x')],
    'key of another certificate': [
      'OPS_KEY',
      (path) => writeFileSync(join(path, 'sign.key.pem'), other().sign.keyPem),
    ],
    'certificate of another use': [
      'PEER_CERTIFICATE',
      (path) => {
        cpSync(join(path, 'tls.cert.pem'), join(path, 'sign.cert.pem'))
        cpSync(join(path, 'tls.key.pem'), join(path, 'sign.key.pem'))
      },
    ],
    'certificates of two partners': [
      'PEER_CERTIFICATE',
      (path) => {
        writeFileSync(join(path, 'seal.key.pem'), other().seal.keyPem)
        writeFileSync(join(path, 'seal.cert.pem'), other().seal.certPem)
      },
    ],
    'an anchor that did not issue them': [
      'PEER_CERTIFICATE',
      (path) => writeFileSync(join(path, 'ca.pem'), createCa(harness.gateway.pki).certPem),
    ],
  }
  for (const [name, [code, change]] of Object.entries(cases))
    it(name, async () => expect(await errorOf(connectWith(folder(name, change)))).toMatchObject({ code }))

  it('out of date', async () => {
    const clock = { now: () => harness.gateway.now + 3 * 365 * 86_400_000, sleep: async () => undefined }
    expect(await errorOf(harness.connect(OINS.ecpat, 'meldpunt', { clock }))).toMatchObject({
      code: 'PEER_KEY_EXPIRED',
    })
  })

  it('of another authority: not let in', async () => {
    const path = join(harness.folder, 'stranger')
    await writeIdentity(path, harness.stranger(OINS.ecpat))
    const error = await errorOf(connectWith(path))
    expect(error).toMatchObject({ code: 'PEER_CERTIFICATE', retryable: false })
  })

  it('of nobody known: the gateway says so', async () => {
    const path = join(harness.folder, 'unknown')
    await writeIdentity(path, harness.gateway.identity(OINS.stranger))
    expect(await errorOf(connectWith(path))).toMatchObject({ code: 'PEER_UNKNOWN', status: 403 })
  })
})

describe('the other end', () => {
  it('is not the exchange but another partner of the same authority: refused', async () => {
    const impostor = new SdkHarness()
    const { tls } = harness.identities.get(OINS.tbkk) as PartnerIdentity
    const ca = harness.gateway.ca.certPem
    await impostor.gateway.start({ tls: { key: tls.keyPem, cert: tls.certPem, ca } })
    const { url } = impostor.gateway.gateway
    const error = await errorOf(harness.connect(OINS.ecpat, 'meldpunt', { gateway: url }))
    expect(error).toMatchObject({ code: 'PEER_CERTIFICATE', retryable: false })
    await impostor.stop()
  })

  it('is not there: may be tried again', async () => {
    const gateway = 'https://127.0.0.1:9'
    const error = await errorOf(harness.connect(OINS.ecpat, 'meldpunt', { gateway }))
    expect(error).toMatchObject({ name: 'SchakelError', code: 'OPS_UNREACHABLE', retryable: true })
  })

  it('is asked without TLS, or is another exchange: refused', async () => {
    expect(
      await errorOf(harness.connect(OINS.ecpat, 'meldpunt', { gateway: 'http://127.0.0.1:1' })),
    ).toMatchObject({
      code: 'OPS_USAGE',
    })
    const exchange = `urn:nld:oin:${OINS.exchange}:systeem:ander`
    expect(await errorOf(harness.connect(OINS.ecpat, 'meldpunt', { exchange }))).toMatchObject({
      code: 'MSG_AUD',
    })
    expect(await errorOf(harness.connect(OINS.ecpat, 'Niet Goed'))).toMatchObject({ code: 'MSG_CLAIM' })
  })

  it.each(['Ed25519', 'P-256', 'RSA-3072'] as const)('takes partners that sign with %s', async (sign) => {
    const seal = sign === 'RSA-3072' ? 'RSA-3072' : 'X25519'
    const order = { oin: OINS.ecpat, commonName: 'x', organisation: 'x', sign, seal } as const
    const path = join(harness.folder, `with-${sign}`)
    await writeIdentity(path, issueIdentity(harness.gateway.pki, harness.gateway.ca, order))
    const connection = await connectWith(path)
    expect(connection.urn).toBe(`urn:nld:oin:${OINS.ecpat}:systeem:meldpunt`)
  })
})

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { foreignHeader, privateJwk, publicJwk } from '../support/foreign-message.ts'
import { encode, partsOf } from '../support/forge-message.ts'
import { madeHandoff } from '../support/made-handoff.ts'
import { issue, KEYS, receive, TIP, verifyMessage } from '../support/message-world.ts'

const folder = mkdtempSync(join(tmpdir(), 'schakel-jose-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, content: string | object): string {
  const path = join(folder, name)
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content), { mode: 0o600 })
  return path
}

/** The tool of Debian's package `jose`; absent is a failure, not an excuse. Its curves: P-256 among those of our profile. */
const jose = (...args: string[]): string => execFileSync('jose', args, { encoding: 'utf8' })

describe('Debian jose (P-256)', () => {
  it('what it seals, we open', () => {
    const sdJwt = issue()
    const template = JSON.stringify({
      protected: { alg: 'ECDH-ES+A256KW', enc: 'A256GCM', kid: 'intake-p256' },
    })
    const key = file('intake.jwk', publicJwk(KEYS.intakeP256))
    const jwe = jose('jwe', 'enc', '-i', template, '-I', file('message', sdJwt), '-k', key, '-c')
    expect(receive(jwe.trim(), TIP.vct)).toBe(sdJwt)
  })

  it('what we seal, it opens', () => {
    const { jwe, presented } = madeHandoff(KEYS.p256, KEYS.sealP256)
    const opened = jose(
      'jwe',
      'dec',
      '-i',
      file('handoff.jwe', jwe),
      '-k',
      file('seal.jwk', privateJwk(KEYS.sealP256)),
      '-O',
      '-',
    )
    expect(opened).toBe(presented)
  })

  it('what we sign, message and label, it verifies', () => {
    const { presented } = madeHandoff(KEYS.p256, KEYS.sealP256)
    const parts = presented.split('~')
    const verify = (jws: string, key: object) =>
      jose('jws', 'ver', '-i', file('signed.jws', jws), '-k', file('public.jwk', key), '-O', '-')
    expect(verify(parts[0] ?? '', publicJwk(KEYS.p256))).toContain('"_sd"')
    expect(verify(parts.at(-1) ?? '', publicJwk(KEYS.label))).toContain('"sd_hash"')
    expect(() => verify(parts[0] ?? '', publicJwk(KEYS.label))).toThrow()
  })

  it('what it signs, we verify', () => {
    const { payload, disclosures } = partsOf(issue())
    const protectedHeader = foreignHeader('ES256', KEYS.p256)
    const jws = jose(
      'jws',
      'sig',
      '-i',
      JSON.stringify({ payload: encode(payload) }),
      '-s',
      JSON.stringify({ protected: protectedHeader }),
      '-k',
      file('sign.jwk', privateJwk(KEYS.p256)),
      '-c',
    ).trim()
    expect(verifyMessage(`${jws}~${disclosures.join('~')}~`).type.name).toBe(TIP.name)
  })
})

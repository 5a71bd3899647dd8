import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningSchakel, schakel, schakelUp } from '../../support/cli-harness.ts'

const home = mkdtempSync(join(tmpdir(), 'schakel-cli-'))
const data = join(home, 'data')
const MARKER = 'Fictief feit 6f1d2c'
const UNKNOWN = 'ho-1-1-0000000000000000'

const run = (...args: string[]) => schakel(data, args)
const file = (name: string, value: unknown): string => {
  const path = join(home, name)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

const tip = {
  type: 'tip.ngo.forwarded',
  to: [{ to: 'urn:nld:oin:00000099000000002000:systeem:zaken', purpose: 'intake', basis: 'uavg-33' }],
  context: { regime: 'GDPR', handling: 'AMBER' },
  preparedBy: { actor: 'a1', role: 'analist', automated: false },
  withhold: ['reporterContact'],
  data: {
    tipRef: 'T-1',
    facts: MARKER,
    place: 'Plaats',
    country: 'PH',
    ngoAssessment: 'serious',
    contactPolicy: 'HOTLINE_ONLY',
    reporterHandle: 'h1',
    childAtRisk: true,
  },
}
const unlawful = {
  ...tip,
  to: [{ ...tip.to[0], to: 'urn:nld:oin:00000099000000006000:systeem:vreemdelingen' }],
}
const AS = ['--as', 'ecpat/meldpunt'] as const

/** A member that is a list of objects; [] when it is not there. */
function listOf(value: unknown, name: string): readonly Record<string, unknown>[] {
  const member = (value as Record<string, unknown> | undefined)?.[name]
  return Array.isArray(member) ? member : []
}

function holds(folder: string, text: string): boolean {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) => each.isFile())
  return files.some((each) => readFileSync(join(each.parentPath, each.name)).includes(text))
}

let up: RunningSchakel
let sent: string

async function publish(message: object): Promise<{ code: number; status: Record<string, unknown> }> {
  const path = file('message.json', message)
  const { code, json } = await run('publish', path, ...AS, '--gateway', up.gateway, '--json')
  return { code, status: json[0] ?? {} }
}

beforeAll(async () => {
  expect((await schakel(data, ['why', UNKNOWN])).stderr).toContain('OPS_DATA')
  expect((await schakel(data, ['doctor'])).code).toBe(1)
  expect((await schakel(data, ['init'])).code).toBe(0)
  expect((await schakel(data, ['control', 'show', '--json'])).json[0]).toMatchObject({
    epoch: 1,
    inForce: false,
  })
  up = await schakelUp(data)
}, 120_000)

afterAll(async () => {
  expect((await up.stop()).code).toBe(0)
  rmSync(home, { recursive: true, force: true })
})

describe('a data directory', () => {
  it('is its owner’s alone, and so is every file in it', () => {
    expect(statSync(data).mode & 0o077).toBe(0)
    for (const name of ['keys.db', 'log.db', 'pki/ca.key.pem', 'partners/ecpat/sign.key.pem'])
      expect([name, statSync(join(data, name)).mode & 0o077]).toEqual([name, 0])
  })

  it('has doctor content with all but the ledger’s first checkpoint, which takes a moment', async () => {
    const { json } = await run('doctor', '--json')
    const failed = listOf(json[0], 'findings').filter((finding) => finding['ok'] !== true)
    expect(failed.filter((finding) => finding['check'] !== 'ledger')).toEqual([])
  })
})

describe('explain and publish', () => {
  it.each([
    ['an unknown type', { ...tip, type: 'tip.nothing' }, 'MSG_SCHEMA'],
    ['data that does not fit', { ...tip, data: { ...tip.data, country: 'Philippines' } }, 'MSG_DATA'],
    [
      'an image',
      { ...tip, data: { ...tip.data, facts: 'data:image/png;base64,iVBORw0KGgo=' } },
      'MSG_CONTENT_PROHIBITED',
    ],
    ['nobody', { ...tip, to: [] }, 'MSG_RECIPIENTS'],
  ])('%s is refused before the law is asked', async (_name, message, code) => {
    const explained = await run('explain', file('message.json', message), ...AS, '--json')
    expect([explained.code, explained.json[0]?.['refused']]).toEqual([1, code])
  })

  it.each([
    ['no JSON', '{', '/'],
    ['a member nobody knows', { ...tip, bsn: '1' }, '/bsn'],
    ['no type', { ...tip, type: 1 }, '/type'],
  ])('a file with %s is OPS_USAGE', async (_name, value, pointer) => {
    const { code, stderr } = await run('explain', file('message.json', value), ...AS)
    expect(code).toBe(2)
    expect(stderr).toContain(`(${pointer})`)
    expect(stderr).toContain('OPS_USAGE')
  })

  it('say the same of the same message, and explain changes nothing', async () => {
    const cases = [
      { message: tip, code: 0, kind: 'permit-redacted' },
      { message: unlawful, code: 1, kind: 'deny' },
    ]
    for (const { message, code, kind } of cases) {
      const before = statSync(join(data, 'log.db')).size
      const explained = await run('explain', file('message.json', message), ...AS, '--json')
      expect(statSync(join(data, 'log.db')).size).toBe(before)
      const expected = listOf(explained.json[0], 'verdicts')[0]?.['verdict']
      const published = await publish(message)
      const handoff = listOf(published.status, 'handoffs')[0]
      expect([explained.code, published.code]).toEqual([code, code])
      expect(expected).toMatchObject({ kind })
      const { shown } = expected as { shown: unknown }
      expect(handoff).toMatchObject({ verdict: { kind, shown } })
      if (message === tip) sent = String(handoff?.['handoff'])
    }
  })
})

describe('why', () => {
  it('of an unknown hand-off is 2', async () => {
    const { code, stderr } = await run('why', UNKNOWN)
    expect([code, stderr.includes('OPS_NOT_FOUND')]).toEqual([2, true])
    expect((await run('why', 'nonsense')).code).toBe(2)
  })

  it('names rule, article († where nobody verified it), what was withheld, in both languages', async () => {
    const english = await run('why', sent)
    expect(english.code).toBe(0)
    for (const text of ['permit-redacted', 'tip-forwarded', 'UAVG 33 †', 'ecpat/meldpunt → tbkk/zaken'])
      expect(english.stdout).toContain(text)
    const dutch = await run('why', sent, '--lang', 'nl')
    expect(dutch.stdout).toContain('grondslag')
    expect(dutch.stdout).not.toContain(MARKER)
  })
})

describe('duties', () => {
  it.each([['soon'], ['5'], ['0d'], ['-1d']])('--due %s is no time', async (text) => {
    const { code, stderr } = await run('duties', `--due=${text}`)
    expect([code, stderr.includes('OPS_USAGE')]).toEqual([2, true])
  })

  it('none is missed here', async () => {
    const { code, json } = await run('duties', '--missed', '--json')
    expect([code, json]).toEqual([0, []])
    expect((await run('duties', '--due', '36h', '--all')).code).toBe(0)
  })
})

describe('control', () => {
  it.each([
    ['a path that control never holds', ['../evil.json=FILE'], 2],
    ['a key of the exchange by a name of no kind', ['keys/other/x.json=FILE'], 2],
    ['a partner that is none', ['contracts/partner/ecpat.json=FILE'], 1],
    ['a policy that does not parse', ['contracts/legal/uavg.cedar=FILE'], 1],
    ['nothing', [], 2],
  ])('%s is not applied', async (_name, args, expected) => {
    const path = file('artefact', '{"no":1}')
    const { code } = await run(
      'control',
      'apply',
      ...args.map((arg) => arg.replace('FILE', path)),
      '--no-wait',
    )
    expect(code).toBe(expected)
    expect((await run('control', 'show', '--json')).json[0]?.['epoch']).toBe(1)
  })

  it('a dry run writes nothing; applied, it is in force everywhere; the same again is no change', async () => {
    const withdrawn = `withdrawn.json=${file('withdrawn.json', [UNKNOWN])}`
    expect((await run('control', 'apply', withdrawn, '--dry-run', '--json')).json[0]).toMatchObject({
      applied: false,
      epoch: 2,
    })
    expect((await run('control', 'show', '--json')).json[0]?.['epoch']).toBe(1)
    const applied = await run('control', 'apply', withdrawn, '--json')
    expect([applied.code, applied.json[0]]).toEqual([0, { applied: true, epoch: 2, inForce: true }])
    expect((await run('control', 'show')).code).toBe(0)
    expect((await run('control', 'apply', withdrawn, '--json')).json[0]).toMatchObject({
      applied: false,
      epoch: 2,
    })
  })
})

describe('erase and redrive', () => {
  it('of what is not there are 2', async () => {
    expect((await run('erase', UNKNOWN)).code).toBe(2)
    expect((await run('redrive', '1-1')).stderr).toContain('OPS_NOT_FOUND')
    for (const place of ['16-1', '1', 'x-1', '1-0'])
      expect((await run('redrive', place)).stderr).toContain('OPS_USAGE')
  })

  it('erasure is done when the command ends, and the plaintext is in no file', async () => {
    const { code, json } = await run('erase', sent, '--json')
    expect([code, json[0]]).toEqual([0, { handoff: sent, scope: 'message', erased: true }])
    expect((await run('why', sent, '--json')).json[0]?.['content']).toBe('erased')
    expect(holds(data, MARKER)).toBe(false)
  })
})

describe('pki', () => {
  it('a revoked certificate signs no more; new keys do', async () => {
    const { json } = await run('pki', 'show', '--json')
    const certificates = listOf(json[0], 'certificates')
    const mine = certificates.find((each) => each['partner'] === 'ecpat' && each['use'] === 'sign')
    const thumbprint = String(mine?.['thumbprint'])
    expect((await run('pki', 'revoke', thumbprint)).code).toBe(0)
    expect(await publish(tip)).toMatchObject({ code: 1, status: { error: { code: 'PEER_KEY_REVOKED' } } })
    expect((await run('partner', 'keys', 'ecpat')).stderr).toContain('--renew')
    const renewed = await run('partner', 'keys', 'ecpat', '--renew')
    expect([renewed.code, renewed.stderr]).toEqual([0, ''])
    expect((await publish(tip)).code).toBe(0)
    expect((await run('pki', 'revoke', 'A'.repeat(43))).code).toBe(2)
  })
})

describe('afterwards', () => {
  it('fsck and replay are content, and a bundle verifies until it is touched', async () => {
    expect((await run('fsck', '--json')).json[0]).toMatchObject({ ok: true, problems: [] })
    expect((await run('replay', '--json')).json[0]).toMatchObject({ differs: 0 })
    const bundle = join(home, 'bundle.json')
    expect((await run('prove', sent, '--out', bundle)).code).toBe(0)
    const vkey = join(data, 'ledger', 'vkey')
    expect((await run('prove', '--verify', bundle, '--vkey', vkey)).code).toBe(0)
    expect((await run('prove', '--verify', bundle)).code).toBe(2)
    const touched = file('touched.json', readFileSync(bundle, 'utf8').replace('permit-redacted', 'permit'))
    expect((await run('prove', '--verify', touched, '--vkey', vkey)).code).toBe(1)
    expect((await run('audit', join(data, 'ledger'))).code).toBe(0)
  })
})

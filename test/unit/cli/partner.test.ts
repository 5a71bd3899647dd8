import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readPartnerKinds } from '../../../infra/new/partner-kinds.ts'
import { ROOT } from '../../rooms/source-files.ts'
import { schakel } from '../../support/cli-harness.ts'
import { testEpoch } from '../../support/contracts.ts'

const home = mkdtempSync(join(tmpdir(), 'schakel-partner-'))
const data = join(home, 'data')
const run = (...args: string[]) => schakel(data, args)
const make = (name: string, kind: string, ...more: string[]) =>
  run(
    'partner',
    'new',
    name,
    '--kind',
    kind,
    '--out',
    join(home, more[0] ?? name),
    '--json',
    ...more.slice(1),
  )
const CASE = 180_000

beforeAll(async () => {
  expect((await run('init')).code).toBe(0)
}, CASE)
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe('the table of kinds', () => {
  it('names roles, regimes and parties that contracts know', () => {
    const epoch = testEpoch()
    const roles = new Set([...epoch.endpoints.values()].flatMap((endpoint) => endpoint.roles))
    const ids = new Set([...epoch.partners.values()].map(({ id }) => id))
    for (const kind of readPartnerKinds(ROOT)) {
      expect([kind.kind, kind.roles.filter((role) => !roles.has(role))]).toEqual([kind.kind, []])
      expect([kind.kind, ids.has(kind.with)]).toEqual([kind.kind, true])
    }
  })
  it('every partner with a connection of its own may try it: it has the role, and the instrument names it', () => {
    const epoch = testEpoch()
    const named = epoch.agreements.find(({ id }) => id === 'verbindingstest')?.parties ?? []
    const connected = [...epoch.partners.values()].filter(({ via }) => via === null)
    expect(connected.map(({ oin }) => oin).filter((oin) => !named.includes(oin))).toEqual([])
    const endpoints = connected.flatMap((partner) => partner.endpoints)
    expect(endpoints.filter(({ roles }) => !roles.includes('partner')).map(({ urn }) => urn)).toEqual([])
  })
})

describe('partner new', () => {
  it.each([
    ['no kind', ['Naam'], '/kind'],
    ['an unknown kind', ['Naam', '--kind', 'bank'], '/kind'],
    ['a name of nothing', [' ', '--kind', 'ngo'], '/name'],
    ['a malformed id', ['Naam', '--kind', 'ngo', '--id', '../x'], '/id'],
    ['an id that is taken', ['Naam', '--kind', 'ngo', '--id', 'tbkk'], '/id'],
    ['an OIN that is taken', ['Naam', '--kind', 'ngo', '--oin', '00000099000000002000'], '/oin'],
    ['no such other party', ['Naam', '--kind', 'ngo', '--with', 'nobody'], '/with'],
    ['a country that is none', ['Naam', '--kind', 'ngo', '--country', 'nl'], '/country'],
  ])('%s is refused, and nothing is written', async (_name, args, pointer) => {
    const out = join(home, 'refused')
    const { code, stderr } = await run('partner', 'new', ...args, '--out', out)
    expect([code, stderr.includes(`(${pointer})`), existsSync(out)]).toEqual([2, true, false])
  })

  it('keeps keys to their owner, and a folder that is there as it is', async () => {
    expect((await make('Stichting Één', 'ngo', 'een')).json[0]?.['partner']).toBe('stichting-een')
    for (const use of ['sign', 'seal', 'tls'])
      expect(statSync(join(home, `een/identity/${use}.key.pem`)).mode & 0o077).toBe(0)
    const before = readFileSync(join(home, 'een/identity/sign.key.pem'))
    expect((await make('Stichting Één', 'ngo', 'een')).code).toBe(2)
    expect(readFileSync(join(home, 'een/identity/sign.key.pem')).equals(before)).toBe(true)
  })
})

describe('partner admit and sign', () => {
  const admit = (folder: string) => run('partner', 'admit', join(home, folder), '--no-wait', '--json')
  const move = (folder: string, to: string) =>
    renameSync(join(home, folder, 'identity/sign.key.pem'), join(home, to))

  it('what is no such folder, and a request of somebody else, are refused', async () => {
    expect((await admit('nowhere')).stderr).toContain('OPS_NOT_FOUND')
    await make('Twee', 'field-ngo', 'twee')
    await make('Drie', 'field-ngo', 'drie')
    const request = readFileSync(join(home, 'drie/identity/tls.request.pem'))
    writeFileSync(join(home, 'twee/identity/tls.request.pem'), request)
    const { code, stderr } = await admit('twee')
    expect([code, stderr.includes('/identity/tls.request.pem')]).toEqual([2, true])
  })

  it('an agreement that is not the partner’s is not signed', async () => {
    await make('Vier', 'ngo', 'vier')
    const foreign = readFileSync(join(ROOT, 'contracts/agreement/tdh-politie.json'))
    writeFileSync(join(home, 'vier/contracts/agreement/tdh-politie.json'), foreign)
    expect((await admit('vier')).stderr).toContain('OPS_USAGE')
  })

  it('whose key is elsewhere gets certificates, signs there, and is admitted then', async () => {
    await make('Vijf', 'ngo', 'vijf')
    move('vijf', 'key')
    const first = await admit('vijf')
    expect([first.code, first.json[0]?.['admitted']]).toEqual([1, false])
    expect((await run('partner', 'sign', join(home, 'vijf'))).stderr).toContain('OPS_KEY')
    renameSync(join(home, 'key'), join(home, 'vijf/identity/sign.key.pem'))
    expect((await run('partner', 'sign', join(home, 'vijf'), '--json')).code).toBe(0)
    move('vijf', 'key')
    const { code, json } = await admit('vijf')
    expect([code, json[0]?.['admitted'], json[0]?.['epoch']]).toEqual([0, true, 2])
    const { stdout } = await run('control', 'show', '--json')
    expect(stdout).not.toContain('PRIVATE KEY')
  })

  it.each(readPartnerKinds(ROOT).map(({ kind }) => kind))(
    '%s: drafted, certified, signed by both',
    async (kind) => {
      const made = await make(`Proef ${kind}`, kind, `proef-${kind}`)
      expect(made.code).toBe(0)
      const { code, json } = await admit(`proef-${kind}`)
      expect([code, json[0]?.['admitted']]).toEqual([0, true])
      const signatures = ((json[0]?.['put'] ?? []) as readonly string[]).filter((path) =>
        path.endsWith('.jws'),
      )
      expect(signatures).toHaveLength(2)
    },
  )
})

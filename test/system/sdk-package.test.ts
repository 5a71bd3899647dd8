import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { packSdk } from '../../infra/sdk/pack.ts'
import { SUBPATHS } from '../../infra/sdk/sources.ts'
import { ROOT } from '../rooms/source-files.ts'
import { type RunningSchakel, schakel, schakelUp } from '../support/cli-harness.ts'
import { npmInstall, runTool, systemNode } from '../support/partner-tools.ts'

const home = mkdtempSync(join(tmpdir(), 'schakel-partner-'))
const data = join(home, 'data')
const folder = join(home, 'example-ngo')
const run = (...args: string[]) => schakel(data, args)
let up: RunningSchakel
let tgz = ''

beforeAll(async () => {
  tgz = packSdk(ROOT, join(home, 'sdk'))
  up = await schakelUp(data)
}, 240_000)
afterAll(async () => {
  await up.stop()
  rmSync(home, { recursive: true, force: true })
})

const installed = (...path: string[]) => join(folder, 'node_modules', 'schakel-sdk', ...path)

describe('a partner in five minutes, with the packed SDK on the machine’s own Node', () => {
  it('new, admit, install, hello: publishes, is answered, reads its inbox', async () => {
    const made = await run('partner', 'new', 'Example NGO', '--kind', 'ngo', '--out', folder, '--json')
    expect([made.code, made.json[0]?.['partner']]).toEqual([0, 'example-ngo'])
    const admitted = await run('partner', 'admit', folder, '--json')
    expect([admitted.code, admitted.json[0]]).toEqual([
      0,
      expect.objectContaining({ admitted: true, inForce: true }),
    ])
    writeFileSync(join(folder, basename(tgz)), readFileSync(tgz))
    await npmInstall(folder)
    const hello = await runTool(systemNode(), ['hello.mjs'], folder)
    expect([hello.code, hello.stderr]).toEqual([0, ''])
    for (const line of [
      /^tip\.ngo\.forwarded to \S+ permit$/m,
      /^received connection\.tested from \S+ decided$/m,
    ])
      expect(hello.stdout).toMatch(line)
    const inbox = await run('inbox', '--as', 'tbkk/zaken', '--json')
    expect(inbox.json.map(({ type }) => type)).toEqual(['tip.ngo.forwarded'])
    const identity = join(folder, 'identity')
    expect((await run('ping', 'example-ngo', '--identity', identity)).code).toBe(0)
  }, 240_000)

  it('holds no TypeScript source, no file of another room than its own and the core’s, and its licence', () => {
    const files = readdirSync(installed(), { recursive: true, encoding: 'utf8' })
    expect(files.filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([])
    expect(readdirSync(installed('dist')).sort()).toEqual(['_core', '_sdk'])
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md']))
    const rooms = files.filter((name) => /\.(js|d\.ts)$/.test(name))
    const leftovers = rooms.filter((name) => /['"]#|\.ts['"]/.test(readFileSync(installed(name), 'utf8')))
    expect(leftovers).toEqual([])
  })

  it('what is not exported cannot be reached', async () => {
    const hidden = await runTool(systemNode(), ['-e', "import('schakel-sdk/dist/_sdk/sender.js')"], folder)
    expect([hidden.code, hidden.stderr.includes('ERR_PACKAGE_PATH_NOT_EXPORTED')]).toEqual([1, true])
  })

  it('its types check in a partner’s project, libraries included', async () => {
    mkdirSync(join(folder, 'node_modules/@types'), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'))
    const imports = Object.keys(SUBPATHS).map((subpath) => `import '${subpath.replace('.', 'schakel-sdk')}'`)
    const uses = `
import { connect } from 'schakel-sdk'
import type { Handoff } from 'schakel-sdk/handoff'
export async function first(): Promise<Handoff | undefined> {
  const schakel = await connect({ gateway: 'https://x', identity: 'y', endpoint: 'z' })
  return (await schakel.inbox()).items[0]
}
`
    writeFileSync(join(folder, 'typed.ts'), `${imports.join('\n')}\n${uses}`)
    const options = [
      '--noEmit',
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2022',
      '--skipLibCheck',
      'false',
    ]
    const tsc = [join(ROOT, 'node_modules/typescript/bin/tsc'), ...options, '--types', 'node']
    const checked = await runTool(process.execPath, [...tsc, 'typed.ts'], folder)
    expect([checked.code, checked.stdout]).toEqual([0, ''])
    writeFileSync(join(folder, 'typed.ts'), `${uses}\nexport const wrong: number = first`)
    expect((await runTool(process.execPath, [...tsc, 'typed.ts'], folder)).code).not.toBe(0)
  }, 120_000)
})

/** The main job as a stranger runs it: the launcher, a fresh data directory, JSON on stdout, then the judges. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ROOT } from '../rooms/source-files.ts'
import { filesBelow } from '../stories/story-run.ts'
import { findPlaintext } from '../support/find-plaintext.ts'

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const LAUNCHER = join(ROOT, 'infra', 'schakel.mjs')
/** Without the launcher in between, so that a kill meets the product itself. */
const BARE = join(ROOT, 'services', 'cli', 'main.ts')

function start(args: readonly string[], script = LAUNCHER): { child: ChildProcess; done: Promise<Run> } {
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  let stdout = ''
  let stderr = ''
  child.stdout?.on('data', (chunk) => {
    stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    stderr += chunk
  })
  const done = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout, stderr }))
  return { child, done }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
const schakel = (...args: readonly string[]): Promise<Run> => start(args).done
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** Several starts in one test, on a machine that does other work too. */
const LONG_MS = 300_000
let data: string
let first: Run

beforeAll(async () => {
  data = join(await mkdtemp(join(tmpdir(), 'schakel-main-')), 'data')
  first = await schakel('up', '--story', 'S0', '--once', '--json', '--data', data)
}, LONG_MS)
afterAll(() => rm(join(data, '..'), { recursive: true, force: true }))

describe('npm start -- --once --json', { timeout: LONG_MS }, () => {
  it('ends well, with one JSON object a line per hand-off and nothing else on stdout', () => {
    expect([first.code, first.stderr.match(/differs.*|stopped.*/)?.[0]]).toEqual([0, undefined])
    const told = lines(first.stdout)
    expect(told.length).toBeGreaterThanOrEqual(18)
    const members = [
      'handoff',
      'step',
      'from',
      'to',
      'type',
      'verdict',
      'reasons',
      'basis',
      'shown',
      'withheld',
      'state',
      'ms',
    ]
    for (const line of told) expect(Object.keys(line)).toEqual(members)
    const verdictOf = (step: string, to?: string) =>
      told.find((line) => line['step'] === step && (to === undefined || line['to'] === to))?.['verdict']
    expect(verdictOf('8', 'ph-police/ncb')).toBe('permit')
    expect(verdictOf('8', 'th-police/ncb')).toBe('hold')
    expect(verdictOf('10')).toBe('deny')
    expect(verdictOf('13b')).toBe('permit-redacted')
  })

  it('keeps its data to itself', async () => {
    expect((await stat(data)).mode & 0o777).toBe(0o700)
    for (const file of await filesBelow(data)) {
      if (/key|\.db/.test(file)) expect([file, (await stat(file)).mode & 0o077]).toEqual([file, 0])
    }
  })

  it('fsck and replay answer as outside checks rely on', async () => {
    const fsck = JSON.parse((await schakel('fsck', '--data', data, '--json')).stdout)
    expect(Object.keys(fsck)).toEqual([
      'ok',
      'outcomes',
      'voids',
      'handoffs',
      'leaves',
      'size',
      'root',
      'problems',
    ])
    expect([fsck.ok, fsck.problems, fsck.leaves]).toEqual([true, [], fsck.size])
    const replay = JSON.parse((await schakel('replay', '--data', data, '--json')).stdout)
    for (const name of ['total', 'rederived', 'reasoned', 'attested', 'differs', 'seconds'])
      expect(replay[name]).toBeTypeOf('number')
    expect([replay.differs, replay.rederived]).toEqual([0, replay.total])
  })

  it('a second start says what it found and goes on; no hand-off of the first is touched', async () => {
    const before = JSON.parse((await schakel('fsck', '--data', data, '--json')).stdout)
    const second = await schakel('up', '--story', 'S0', '--once', '--json', '--data', data)
    expect(second.code).toBe(0)
    expect(second.stderr).toContain(`found ${data}`)
    const after = JSON.parse((await schakel('fsck', '--data', data, '--json')).stdout)
    expect([after.ok, after.handoffs]).toEqual([true, before.handoffs * 2])
  })
})

describe('afterwards', { timeout: LONG_MS }, () => {
  it('erase destroys through the log: proofs verify, replay reasons, nothing is readable', async () => {
    const [tip] = lines(first.stdout)
    const id = String(tip?.['handoff'])
    const up = start(['up', '--data', data])
    const erased = await schakel('erase', id, '--data', data, '--json')
    up.child.kill('SIGTERM')
    expect([erased.code, (await up.done).code]).toEqual([0, 0])
    const replay = JSON.parse((await schakel('replay', '--data', data, '--json')).stdout)
    expect([replay.differs, replay.reasoned]).toEqual([0, 1])
    const why = JSON.parse((await schakel('why', id, '--data', data, '--json')).stdout)
    expect(why.content).toBe('erased')
    const bundle = join(data, '..', 'bundle.json')
    const proved = await schakel('prove', id, '--data', data, '--json')
    expect(proved.code).toBe(0)
    await writeFile(bundle, proved.stdout)
    const vkey = join(data, 'ledger', 'vkey')
    expect((await schakel('prove', '--verify', bundle, '--vkey', vkey)).code).toBe(0)
    const values = ['tatoeage van een zwaluw op de linkerhand', 'melder-fictief@voorbeeld.example']
    for (const file of await filesBelow(data)) {
      expect([file, findPlaintext(values, await readFile(file))]).toEqual([file, []])
    }
  })

  it('killed in the middle, it goes on: nothing lost, nothing doubled', async () => {
    for (const after of [1_500, 3_000]) {
      const up = start(['up', '--story', 'S0', '--json', '--data', data], BARE)
      await Promise.race([up.done, pause(after)])
      up.child.kill('SIGKILL')
      await up.done
    }
    const again = await schakel('up', '--story', 'N-38', '--once', '--json', '--data', data)
    expect(again.code).toBe(0)
    const fsck = JSON.parse((await schakel('fsck', '--data', data, '--json')).stdout)
    expect([fsck.ok, fsck.problems]).toEqual([true, []])
  })

  it('runs as several processes on one log, one of each service', async () => {
    const folder = join(data, '..', 'apart')
    const judge = start(['up', 'exchange', 'ledger', '--data', folder])
    for (let turn = 0; turn < 600 && !existsSync(join(folder, 'view.db')); turn += 1) await pause(100)
    const story = await schakel(
      'up',
      'gateway',
      'courier',
      '--story',
      'S0',
      '--once',
      '--json',
      '--data',
      folder,
    )
    const again = await schakel('up', 'ledger', '--data', folder)
    judge.child.kill('SIGTERM')
    expect([story.code, again.code, (await judge.done).code]).toEqual([0, 2, 0])
    const fsck = JSON.parse((await schakel('fsck', '--data', folder, '--json')).stdout)
    expect([fsck.ok, fsck.problems]).toEqual([true, []])
  })

  it('answers with its exit codes: 1 the answer is no, 2 could not answer', async () => {
    expect((await schakel('why', 'ho-1-1-0000000000000000', '--data', data)).code).toBe(2)
    expect((await schakel('fsck', '--data', join(data, 'none'))).code).toBe(2)
    expect((await schakel('nonsense')).code).toBe(2)
    expect((await schakel('--help')).code).toBe(0)
  })
})

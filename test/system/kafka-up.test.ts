/** The scaled-out profile as a stranger runs it: real Kafka, registry and PostgreSQL, every service a process, S0, then the judges. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { ROOT } from '../rooms/source-files.ts'
import { notRun } from '../support/kafka.ts'

interface Run {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

const LONG_MS = 600_000

function start(args: readonly string[]): { child: ChildProcess; done: Promise<Run> } {
  const script = join(ROOT, 'infra', 'schakel.mjs')
  const child = spawn(process.execPath, [script, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const text = { stdout: '', stderr: '' }
  child.stdout?.on('data', (chunk) => {
    text.stdout += chunk
  })
  child.stderr?.on('data', (chunk) => {
    text.stderr += chunk
  })
  return { child, done: once(child, 'close').then(([code]) => ({ code: code as number | null, ...text })) }
}

const schakel = (...args: readonly string[]) => start(args).done
const lines = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

/** The pages of a console that runs with its own rights on Kafka, each as the one who may see it. */
async function pagesOfConsole(data: string): Promise<Readonly<Record<string, number>>> {
  const file = await readFile(join(data, 'run', 'sign-in', 'console'), 'utf8')
  const links = JSON.parse(file) as Readonly<Record<string, string>>
  const seen: Record<string, number> = {}
  for (const [role, path] of [
    ['operator', '/operator'],
    ['auditor', '/replay'],
    ['auditor', '/'],
  ] as const) {
    const entered = await fetch(links[role] ?? '', { redirect: 'manual' })
    const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? ''
    seen[path] = (await fetch(new URL(path, links[role]), { headers: { cookie } })).status
  }
  return seen
}

const reason = await whyNoJars()
if (reason !== undefined) notRun(reason)

describe.runIf(reason === undefined)('npm run up:kafka -- --once --json', { timeout: LONG_MS }, () => {
  let data: string
  let first: Run
  const up = (...more: readonly string[]) =>
    schakel('kafka', 'up', '--story', 'S0', '--once', '--json', '--data', data, '--exchanges', '2', ...more)

  beforeAll(async () => {
    data = join(await mkdtemp(join(tmpdir(), 'schakel-kafka-up-')), 'data')
    first = await up()
  }, LONG_MS)
  afterAll(() => rm(join(data, '..'), { recursive: true, force: true }))

  it('plays S0 with the verdicts of its case', () => {
    expect([first.code, first.stderr.match(/differs.*|stopped.*/)?.[0]]).toEqual([0, undefined])
    expect(lines(first.stdout).length).toBeGreaterThanOrEqual(18)
  })

  it('a second start goes on; everything judged in between is as it was', async () => {
    const second = await up()
    expect([second.code, second.stderr.match(/differs.*|stopped.*/)?.[0]]).toEqual([0, undefined])
    const running = start(['kafka', 'up', '--data', data, '--json'])
    try {
      await new Promise<void>((resolve) => {
        running.child.stderr?.on('data', (chunk) => String(chunk).includes('Ctrl-C') && resolve())
        void running.done.then(() => resolve())
      })
      expect(await pagesOfConsole(data)).toEqual({ '/operator': 200, '/replay': 200, '/': 200 })
      const fsck = JSON.parse((await schakel('fsck', '--data', data, '--json')).stdout)
      expect([fsck.ok, fsck.problems, fsck.leaves]).toEqual([true, [], fsck.size])
      const replay = JSON.parse((await schakel('replay', '--data', data, '--json')).stdout)
      expect([replay.differs, replay.rederived]).toEqual([0, replay.total])
      const doctor = JSON.parse((await schakel('doctor', '--single', '--data', data, '--json')).stdout)
      expect(doctor.findings.filter((one: { ok: boolean }) => !one.ok)).toEqual([])
    } finally {
      running.child.kill('SIGTERM')
    }
    expect((await running.done).code).toBe(0)
  })
})

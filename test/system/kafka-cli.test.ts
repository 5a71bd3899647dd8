import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeStoreConfig } from '#services/cli/store-config.ts'
import { schakel } from '../support/cli-harness.ts'
import { alterConfig, deleteTopic } from '../support/kafka-probe.ts'
import { type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts'

const STOP_MS = 60_000
const GONE_MS = 10_000

const data = await mkdtemp(join(tmpdir(), 'schakel-kafka-cli-'))
const kafka = await startSecuredKafka([])
afterAll(async () => {
  await kafka?.stop()
  await rm(data, { recursive: true, force: true })
}, STOP_MS)

function commands(secured: SecuredKafka) {
  beforeAll(async () => {
    const { identities, running } = secured
    const log = {
      kind: 'kafka',
      brokers: running.brokers,
      identities,
      ca: join(identities, 'ca.pem'),
    } as const
    await writeStoreConfig(data, { log })
  })

  it('refuses what a declaration of three replicas cannot find, and says what is wrong', async () => {
    const { code, stderr } = await schakel(data, ['kafka', 'apply'])
    expect(code).toBe(2)
    expect(stderr).toContain('OPS_KAFKA')
    const { json } = await schakel(data, ['doctor', '--json'])
    const findings = (json[0]?.['findings'] ?? []) as { check: string; ok: boolean; detail: string }[]
    const factor = findings.find((one) => one.detail.startsWith('replication factor'))
    expect(factor).toMatchObject({ check: 'kafka topic inbound', ok: false })
    expect(factor?.detail).toMatch(/is 1, should be 3, because .+\. To mend it: .+/)
  })

  it('applies, leaves all the second time, and prints no key', async () => {
    const admin = await secured.asService('admin')
    await deleteTopic(admin, 'inbound')
    const dry = await schakel(data, ['kafka', 'apply', '--single', '--dry-run', '--json'])
    const run = await schakel(data, ['kafka', 'apply', '--single', '--json'])
    const again = await schakel(data, ['kafka', 'apply', '--single', '--json'])
    const steps = (from: typeof run) => from.json[0]?.['steps'] as { step: string; what: string }[]
    expect(steps(dry)).toEqual(steps(run))
    expect(steps(run).filter((one) => one.step !== 'left')).toMatchObject([
      { step: 'created', what: 'topic inbound' },
    ])
    expect(steps(again).every((one) => one.step === 'left')).toBe(true)
    expect(await alterConfig(admin, 'inbound')).toBe(0)
    const key = await readFile(join(secured.identities, 'admin.key.pem'), 'utf8')
    const said = [dry, run, again].map((one) => one.stdout + one.stderr).join('')
    expect(said).not.toContain('PRIVATE KEY')
    expect(said).not.toContain(key.split('\n')[1])
    const doctor = await schakel(data, ['doctor', '--single', '--json'])
    const findings = doctor.json[0]?.['findings'] as { check: string; ok: boolean }[]
    expect(findings.filter((one) => one.check.startsWith('kafka'))).toMatchObject([
      { check: 'kafka', ok: true },
    ])
  })

  it('gives no password to who is no Kafka partner, and writes no file', async () => {
    const out = join(data, 'password')
    for (const oin of ['00000099000000001000', 'admin', '']) {
      const { code, stdout } = await schakel(data, ['kafka', 'user', oin, '--out', out])
      expect([code, stdout]).toEqual([2, ''])
    }
    expect(existsSync(out)).toBe(false)
    expect((await schakel(data, ['kafka', 'user', '--json'])).json).toEqual([{ users: [] }])
  })
}

async function isGone(pid: number): Promise<boolean> {
  for (let waited = 0; waited < GONE_MS; waited += 100) {
    if (!existsSync(`/proc/${pid}`)) return true
    await delay(100)
  }
  return false
}

describe('schakel and a Kafka cluster', () => {
  if (kafka) commands(kafka)
  else it('NOT RUN: no Kafka', () => expect(process.env['CI']).not.toBe('true'))
})

describe('brokers of this machine', () => {
  if (!kafka) return
  it('end with whoever started them, however that ends', async () => {
    const script = new URL('../support/broker-holder.ts', import.meta.url).pathname
    const holder = spawn(process.execPath, [
      '--disable-warning=ExperimentalWarning',
      script,
      join(data, 'held'),
    ])
    const [line] = (await once(holder.stdout, 'data')) as [Buffer]
    const [pid = 0] = JSON.parse(line.toString()) as number[]
    expect(existsSync(`/proc/${pid}`)).toBe(true)
    holder.kill('SIGKILL')
    expect(await isGone(pid)).toBe(true)
  })
})

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { connectAdmin } from '#adapters/kafka/client.ts'
import { openPartnerTopics } from '#adapters/partner-topics/kafka.ts'
import type { PartnerTopics } from '#core/ports/partner-topics.ts'
import { startTestKafka } from '../support/kafka.ts'
import { everything, partnerTopicsSuite } from './partner-topics.suite.ts'

const SCRIPT = new URL('../interop/partner-producer.py', import.meta.url).pathname
const run = promisify(execFile)
const kafka = await startTestKafka()
const brokers = kafka?.brokers ?? []

type Step = Readonly<Record<string, unknown>>
let topics: PartnerTopics
let partners = 0

/** Steps of a librdkafka producer (confluent-kafka for Python). */
async function produce(steps: readonly Step[]): Promise<void> {
  const python = run('python3', [SCRIPT, brokers.join(',')])
  python.child.stdin?.end(JSON.stringify(steps))
  await python
}

async function partner(): Promise<string> {
  partners += 1
  const oin = `00000099${String(process.pid).padStart(8, '0')}${String(partners).padStart(4, '0')}`
  const admin = await connectAdmin({ brokers, clientId: 'test' })
  const configEntries = [
    { name: 'message.timestamp.type', value: 'LogAppendTime' },
    { name: 'compression.type', value: 'uncompressed' },
  ]
  const order = (topic: string) => ({ topic, numPartitions: 1, replicationFactor: 1, configEntries })
  await admin.createTopics({ waitForLeaders: true, topics: [order(`p.${oin}.in`), order(`p.${oin}.out`)] })
  await admin.disconnect()
  return oin
}

const sent = (oin: string, producer: string, value: string, more: Step = {}): Step => ({
  do: 'send',
  producer,
  topic: `p.${oin}.in`,
  headers: [],
  value: Buffer.from(value).toString('base64'),
  ...more,
})

/** A fresh broker first makes its topic of offsets. */
async function settled(work: () => Promise<unknown>): Promise<void> {
  const until = performance.now() + 20_000
  for (;;) {
    try {
      await work()
      return
    } catch (error) {
      if (performance.now() > until) throw error
    }
  }
}

beforeAll(async () => {
  if (!kafka) return
  topics = openPartnerTopics({ brokers, clientId: 'test', group: `schakel.test-${process.pid}` })
  const oin = (await partner()) as never
  await settled(() => topics.remembered(oin, 'in'))
}, 60_000)
afterAll(async () => {
  await topics?.close()
  await kafka?.stop()
}, 30_000)

describe.runIf(kafka)('on Kafka', () => {
  partnerTopicsSuite('kafka', () => ({
    topics,
    partner,
    publish: (oin, headers, value) => {
      const told = headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString('base64')])
      const body = value && Buffer.from(value).toString('base64')
      return produce([sent(oin, 'plain', '', { headers: told, value: body })])
    },
  }))

  it('aborted transactions of two producers that overlap are not read (kafka.md §4 a)', async () => {
    const oin = await partner()
    const [a, b] = [`a-${oin}`, `b-${oin}`]
    const own = { transactional: true }
    await produce([
      { do: 'begin', producer: a, ...own },
      { do: 'begin', producer: b, ...own },
      sent(oin, a, 'a-aborted', own),
      sent(oin, b, 'b-aborted', own),
      { do: 'abort', producer: b, ...own },
      { do: 'begin', producer: b, ...own },
      sent(oin, b, 'ok', own),
      { do: 'commit', producer: b, ...own },
      { do: 'abort', producer: a, ...own },
      sent(oin, 'plain', 'plain'),
    ])
    const { found } = await everything(topics, oin, 'in')
    expect(found.map(({ value }) => Buffer.from(value ?? []).toString())).toEqual(['ok', 'plain'])
    const [first] = found
    expect((await topics.read(oin as never, 'in', (first?.position ?? 0) + 1)).records.length).toBeLessThan(2)
  }, 60_000)

  it('what is still in a transaction is not read, nor what comes after it', async () => {
    const oin = await partner()
    const own = { transactional: true }
    await produce([
      { do: 'begin', producer: `c-${oin}`, ...own },
      sent(oin, `c-${oin}`, 'open', own),
      sent(oin, 'plain', 'after'),
    ])
    expect((await everything(topics, oin, 'in')).found).toEqual([])
  }, 60_000)
})

describe.runIf(kafka)('brokers and clients as they are', () => {
  it.each(['gzip', 'snappy', 'lz4', 'zstd'])(
    'a partner may compress by %s',
    async (codec) => {
      const oin = await partner()
      const args = ['-P', '-b', brokers.join(','), '-t', `p.${oin}.in`, '-p', '0', '-z', codec]
      const kcat = run('kcat', args)
      kcat.child.stdin?.end(`${'compressed '.repeat(100)}\n`)
      await kcat
      expect((await everything(topics, oin, 'in')).found.length).toBe(1)
    },
    60_000,
  )

  it('a position that is no longer kept, or ahead of the end, is that of the oldest kept', async () => {
    const oin = await partner()
    await produce([sent(oin, 'plain', 'one')])
    expect(await topics.read(oin as never, 'in', 1_000)).toEqual({ records: [], next: 0 })
  }, 60_000)

  it('without a broker everything is in doubt', async () => {
    const nobody = openPartnerTopics({ brokers: ['127.0.0.1:1'], clientId: 'test', group: 'schakel.test' })
    const oin = '00000099000000002000' as never
    const doubt = { code: 'OPS_LOG_UNAVAILABLE' }
    await expect(nobody.read(oin, 'in', 0)).rejects.toMatchObject(doubt)
    await expect(nobody.remembered(oin, 'in')).rejects.toMatchObject(doubt)
    await expect(nobody.changed(oin, 0, 5_000, new AbortController().signal)).rejects.toMatchObject(doubt)
    await nobody.close()
  }, 60_000)

  it.runIf(kafka?.running)(
    'after the broker was killed and came back: doubt, then everything that was told',
    async () => {
      const oin = (await partner()) as never
      const entry = { key: 'x', headers: { ce_id: 'x' }, value: Buffer.from('x') }
      await topics.append(oin, entry)
      await topics.remember(oin, 'out', { position: 1, note: 'n' })
      await kafka?.running?.kill(0)
      await expect(topics.append(oin, entry)).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
      await expect(topics.changed(oin, 1, 20_000, new AbortController().signal)).rejects.toMatchObject({
        code: 'OPS_LOG_UNAVAILABLE',
      })
      await kafka?.running?.restart(0)
      await settled(() => topics.remembered(oin, 'out'))
      expect(await topics.remembered(oin, 'out')).toEqual({ position: 1, note: 'n' })
      await settled(() => topics.append(oin, entry))
      expect((await everything(topics, oin, 'out')).found.length).toBe(2)
    },
    90_000,
  )
})

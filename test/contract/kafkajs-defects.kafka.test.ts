/** Each defect of kafkajs 2.2.4 that kafka.md §4 names, on a real broker: contained, or not in our way. Letters as there. */
import { createRequire } from 'node:module'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/clock/system.ts'
import { kafkajs, openConnection } from '#adapters/kafka/client.ts'
import type { FetchedPartition } from '#adapters/kafka/cluster.ts'
import { withoutAborted } from '#adapters/kafka/without-aborted.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import { startTestKafka } from '../support/kafka.ts'
import { kafkaLogs, makeLogTopics } from '../support/kafka-log.ts'
import { API, type Frame, startTcpProxy } from '../support/tcp-proxy.ts'

const kafka = await startTestKafka()
const proxy = kafka && (await startTcpProxy(kafka.brokers))
const logs = kafkaLogs()
const warnings: string[] = []
const heard = (warning: Error) => warnings.push(warning.name)
process.on('warning', heard)

afterAll(async () => {
  process.off('warning', heard)
  await logs.closeAll()
  await proxy?.close()
  await kafka?.stop()
})

const entry = (text: string) => ({ headers: {}, value: Buffer.from(text) })
const texts = (values: readonly { readonly value: Uint8Array | null }[]) =>
  values.map(({ value }) => Buffer.from(value ?? []).toString('utf8'))
const never = new AbortController().signal

async function transactional(brokers: readonly string[], id: string) {
  const { Kafka, logLevel, Partitioners } = kafkajs
  const kafkaClient = new Kafka({ brokers: [...brokers], clientId: id, logLevel: logLevel.NOTHING })
  const producer = kafkaClient.producer({
    transactionalId: id,
    maxInFlightRequests: 1,
    idempotent: true,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  await producer.connect()
  return producer
}

/** Two producers; the later transaction is aborted first, so that the broker lists it first. */
async function overlapping(
  brokers: readonly string[],
  topic: string,
  end: () => Promise<number>,
): Promise<void> {
  const one = await transactional(brokers, `${topic}-1`)
  const two = await transactional(brokers, `${topic}-2`)
  const [first, second] = [await one.transaction(), await two.transaction()]
  await first.send({ topic, messages: [{ partition: 0, value: 'p1-aborted' }] })
  await second.send({ topic, messages: [{ partition: 0, value: 'p2-aborted' }] })
  await second.abort()
  // The marker comes after the answer.
  while ((await end()) < 3) await systemClock.sleep(10)
  await first.abort()
  const third = await one.transaction()
  await third.send({ topic, messages: [{ partition: 0, value: 'ok' }] })
  await third.commit()
  await Promise.all([one.disconnect(), two.disconnect()])
}

async function committedFetch(brokers: readonly string[], topic: string): Promise<FetchedPartition> {
  const { cluster, cut } = await openConnection({ brokers, clientId: 'test' })
  try {
    await cluster.addTargetTopic(topic)
    const [nodeId = ''] = Object.keys(cluster.findLeaderForPartitions(topic, [0]))
    const broker = await cluster.findBroker({ nodeId })
    const order = { partition: 0, currentLeaderEpoch: -1, fetchOffset: '0', maxBytes: 1_000_000 }
    const limits = { replicaId: -1, isolationLevel: 1, maxWaitTime: 0, minBytes: 1, maxBytes: 1_000_000 }
    const answer = await broker.fetch({ ...limits, topics: [{ topic, partitions: [order] }] })
    const found = answer.responses[0]?.partitions[0]
    if (!found) throw new Error('nothing fetched')
    return found
  } finally {
    cut()
  }
}

/** As the package ships it. */
function originalFilter(): (answer: FetchedPartition) => FetchedPartition['messages'] {
  const require = createRequire(import.meta.url)
  const path = require.resolve('kafkajs/src/consumer/filterAbortedMessages')
  const mended = require.cache[path]
  delete require.cache[path]
  const original = require(path) as ReturnType<typeof originalFilter>
  if (mended) require.cache[path] = mended
  return original
}

async function consumed(brokers: readonly string[], topic: string): Promise<string[]> {
  const { Kafka, logLevel } = kafkajs
  const client = new Kafka({ brokers: [...brokers], clientId: 'test', logLevel: logLevel.NOTHING })
  const consumer = client.consumer({ groupId: `${topic}-group` })
  const values: string[] = []
  const done = Promise.withResolvers<void>()
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    eachMessage: async ({ message }) => {
      values.push(String(message.value))
      if (values.at(-1) === 'ok') done.resolve()
    },
  })
  await done.promise
  await consumer.disconnect()
  return values
}

/** What a produce request of the versions without tagged fields says of itself. */
function produceOrder(bytes: Buffer) {
  let at = 12
  const text = () => {
    const length = bytes.readInt16BE(at)
    at += 2 + Math.max(0, length)
    return length < 0 ? null : bytes.toString('utf8', at - length, at)
  }
  text()
  const transaction = text()
  const acks = bytes.readInt16BE(at)
  const topics = bytes.readInt32BE(at + 6)
  at += 10
  const topic = text()
  return {
    transaction,
    acks,
    topics,
    topic,
    partitions: bytes.readInt32BE(at),
    partition: bytes.readInt32BE(at + 4),
  }
}

if (kafka && proxy) {
  const prefix = await makeLogTopics(kafka.brokers)

  describe('kafkajs 2.2.4, transactions of others', { timeout: 60_000 }, () => {
    it('(a) committed readers see nothing of overlapping aborted transactions', async () => {
      const topic = `${prefix}ledger`
      const log = logs.open(kafka.brokers, prefix)
      await overlapping(kafka.brokers, topic, () => log.end('ledger', 0))
      const found = await committedFetch(kafka.brokers, topic)
      const shown = (messages: FetchedPartition['messages']) =>
        texts(messages.filter(({ isControlRecord }) => !isControlRecord))
      expect(shown(originalFilter()(found))).toContain('p1-aborted')
      expect(shown(withoutAborted(found))).toEqual(['ok'])
      expect(await consumed(kafka.brokers, topic)).toEqual(['ok'])
    })

    it('(a) the log itself shows every position, markers as empty records, and waits for no transaction', async () => {
      const log = logs.open(kafka.brokers, prefix)
      const records = await log.read('ledger', 0, 0)
      expect(records.map(({ position }) => position)).toEqual([0, 1, 2, 3, 4, 5])
      expect(texts(records)).toEqual(['p1-aborted', 'p2-aborted', '', '', 'ok', ''])
      expect(await log.append('ledger', 0, await log.end('ledger', 0), [entry('next')])).toMatchObject({
        kind: 'appended',
        first: 6,
      })
      const open = await transactional(kafka.brokers, `${prefix}open`)
      const pending = await open.transaction()
      await pending.send({ topic: `${prefix}ledger`, messages: [{ partition: 0, value: 'pending' }] })
      expect(texts(await log.read('ledger', 0, 6))).toEqual(['next', 'pending'])
      await pending.abort()
      await open.disconnect()
    })
  })

  describe('kafkajs 2.2.4, requests and connections', { timeout: 60_000 }, () => {
    it('(b, c, d) one partition for each request, one request in flight for each partition, no transaction', async () => {
      const seen = { apis: new Set<number>(), orders: [] as ReturnType<typeof produceOrder>[], most: 0 }
      const inFlight = new Map<string, string>()
      proxy.rule((frame: Frame) => {
        seen.apis.add(frame.apiKey)
        if (frame.apiKey !== API.produce) return 'pass'
        const id = `${frame.connection}/${frame.correlationId}`
        if (frame.direction === 'response') inFlight.delete(id)
        else {
          const order = produceOrder(frame.bytes)
          seen.orders.push(order)
          inFlight.set(id, `${order.topic}/${order.partition}`)
          const places = [...inFlight.values()]
          seen.most = Math.max(seen.most, places.length - new Set(places).size)
        }
        return 'pass'
      })
      const log = logs.open(proxy.brokers, prefix)
      await Promise.all([
        ...Array.from({ length: 200 }, (_, n) => log.put(n % 16, entry(`${n}`))),
        ...Array.from({ length: 40 }, (_, n) => log.append('outcomes', n % 4, 0, [entry('a'), entry('b')])),
      ])
      proxy.rule(undefined)
      expect(seen.most).toBe(0)
      expect(seen.orders.length).toBeGreaterThanOrEqual(16)
      for (const { transaction, acks, topics, partitions } of seen.orders)
        expect({ transaction, acks, topics, partitions }).toEqual({
          transaction: null,
          acks: -1,
          topics: 1,
          partitions: 1,
        })
      // Produce, Fetch, ListOffsets, Metadata, ApiVersions; no producer id, no transaction, no group.
      expect([...seen.apis].filter((api) => ![0, 1, 2, 3, 18].includes(api))).toEqual([])
    })

    it('(f) a connection that has gone silent is replaced: appends are unknown, reads and waiting go on', async () => {
      const writer = logs.open(kafka.brokers, prefix)
      const log: EventLog = logs.open(proxy.brokers, prefix, 1_500)
      await log.changed(['outcomes'], 50, never, 9)
      await log.append('outcomes', 9, 0, [entry('connected')])
      expect(await log.end('outcomes', 9)).toBe(1)
      proxy.rule((frame) => (frame.direction === 'response' ? 'drop' : 'pass'))
      expect((await log.append('outcomes', 9, 1, [entry('lost answer')])).kind).toBe('unknown')
      await expect(log.end('outcomes', 9)).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
      proxy.rule(undefined)
      expect(texts(await log.read('outcomes', 9, 1))).toEqual(['lost answer'])
      const woken = log.changed(['outcomes'], 20_000, never, 9)
      await systemClock.sleep(100)
      await writer.append('outcomes', 9, 2, [entry('news')])
      const began = Date.now()
      await woken
      expect(Date.now() - began).toBeLessThan(10_000)
      expect(texts(await log.read('outcomes', 9, 2))).toEqual(['news'])
    })

    it('(e) sets no timer into the past', () => {
      expect(warnings).not.toContain('TimeoutNegativeWarning')
    })
  })
} else {
  describe('kafkajs 2.2.4', () => {
    it('is not run here: no Kafka', () => {
      expect(kafka).toBeUndefined()
    })
  })
}

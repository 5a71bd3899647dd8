/** What others may do to the log on Kafka, beyond the port: headers, tombstones, a wrong configuration, a log that is not what it was. */
import { afterAll, describe, expect, it } from 'vitest'
import { connectAdmin, kafkajs } from '#adapters/kafka/client.ts'
import { startTestKafka } from '../support/kafka.ts'
import { kafkaLogs, makeLogTopics } from '../support/kafka-log.ts'

const kafka = await startTestKafka()
const logs = kafkaLogs()

afterAll(async () => {
  await logs.closeAll()
  await kafka?.stop()
})

const entry = (text: string) => ({ headers: { 'ce-id': text }, value: Buffer.from(text) })

async function foreign(
  brokers: readonly string[],
  topic: string,
  messages: readonly object[],
): Promise<void> {
  const { Kafka, logLevel, Partitioners } = kafkajs
  const client = new Kafka({ brokers: [...brokers], clientId: 'foreign', logLevel: logLevel.NOTHING })
  const producer = client.producer({ createPartitioner: Partitioners.DefaultPartitioner })
  await producer.connect()
  for (const message of messages) await producer.send({ topic, messages: [message as { value: string }] })
  await producer.disconnect()
}

if (kafka) {
  describe('EventLog on Kafka, what others write', { timeout: 60_000 }, () => {
    it('keeps the place of what no writer of ours makes, and shows nothing of it', async () => {
      const prefix = await makeLogTopics(kafka.brokers)
      await foreign(kafka.brokers, `${prefix}inbound`, [
        { partition: 3, value: 'repeated', headers: { a: ['1', '2'] } },
        { partition: 3, value: 'not text', headers: { a: Buffer.from([0xff, 0xfe]) } },
        { partition: 3, value: null, headers: { a: 'tombstone' } },
        { partition: 3, value: 'as ours', headers: { a: '\ufffd' }, key: 'k' },
        { partition: 3, value: 'of every object', headers: { constructor: 'b' } },
      ])
      const records = await logs.open(kafka.brokers, prefix).read('inbound', 3, 0)
      const shown = records.map(({ position, headers, value }) => [
        position,
        Object.entries(headers),
        Buffer.from(value).toString(),
      ])
      expect(shown.slice(0, 3)).toEqual([
        [0, [], ''],
        [1, [], ''],
        [2, [], ''],
      ])
      expect(shown.slice(3)).toEqual([
        [3, [['a', '\ufffd']], 'as ours'],
        [4, [], ''],
      ])
    })

    it('refuses a topic that takes the writer’s word for the time', async () => {
      const prefix = await makeLogTopics(kafka.brokers, { 'message.timestamp.type': 'CreateTime' })
      const log = logs.open(kafka.brokers, prefix)
      await expect(log.put(0, entry('a'))).rejects.toMatchObject({ code: 'OPS_KAFKA' })
      await expect(log.read('inbound', 0, 0)).rejects.toMatchObject({ code: 'OPS_KAFKA' })
    })

    it('says when the log has become shorter, or lost its beginning, instead of reading on somewhere', async () => {
      const prefix = await makeLogTopics(kafka.brokers)
      const log = logs.open(kafka.brokers, prefix)
      await log.append('outcomes', 0, 0, [entry('a'), entry('b'), entry('c')])
      await expect(log.read('outcomes', 0, 4)).rejects.toMatchObject({ code: 'OPS_LOG' })
      const { Kafka, logLevel } = kafkajs
      const admin = new Kafka({ brokers: [...kafka.brokers], logLevel: logLevel.NOTHING }).admin()
      await admin.connect()
      // Makes kafkajs read the metadata that deleting needs.
      await admin.fetchTopicOffsets(`${prefix}outcomes`)
      await admin.deleteTopicRecords({
        topic: `${prefix}outcomes`,
        partitions: [{ partition: 0, offset: '2' }],
      })
      await admin.disconnect()
      const other = logs.open(kafka.brokers, prefix)
      await expect(other.read('outcomes', 0, 0)).rejects.toMatchObject({ code: 'OPS_LOG' })
      expect(await other.read('outcomes', 0, 2)).toHaveLength(1)
    })

    it('writes nothing that is too large, nothing to a topic that is not there, nothing after close', async () => {
      const prefix = await makeLogTopics(kafka.brokers)
      const log = logs.open(kafka.brokers, prefix)
      const large = { headers: {}, value: new Uint8Array(5 * 1024 * 1024) }
      await expect(log.append('outcomes', 0, 0, [large])).rejects.toMatchObject({
        code: 'OPS_LOG_UNAVAILABLE',
      })
      expect(await log.end('outcomes', 0)).toBe(0)
      await expect(logs.open(kafka.brokers, 'none.').put(0, entry('a'))).rejects.toMatchObject({
        code: 'OPS_LOG_UNAVAILABLE',
      })
      await log.close()
      await expect(log.put(0, entry('a'))).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
      await expect(log.read('outcomes', 0, 0)).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
    })

    it('finishes at a close what is under way', async () => {
      const prefix = await makeLogTopics(kafka.brokers)
      const log = logs.open(kafka.brokers, prefix)
      const appends = Array.from({ length: 8 }, (_, partition) =>
        log.append('outcomes', partition, 0, [entry('a')]),
      )
      await log.close()
      expect((await Promise.all(appends)).map(({ kind }) => kind)).toEqual(Array(8).fill('appended'))
    })

    it('cannot be reached: says so in bounded time', async () => {
      const log = logs.open(['127.0.0.1:1'], 'x.', 500)
      await expect(log.put(0, entry('a'))).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
      await expect(log.read('inbound', 0, 0)).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
      await expect(
        connectAdmin({ brokers: ['127.0.0.1:1'], clientId: 'x', requestTimeoutMs: 500 }),
      ).rejects.toMatchObject({
        code: 'OPS_KAFKA',
      })
    })
  })
} else {
  describe('EventLog on Kafka, what others write', () => {
    it('is not run here: no Kafka', () => {
      expect(kafka).toBeUndefined()
    })
  })
}

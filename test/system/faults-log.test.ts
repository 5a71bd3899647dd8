/** A real broker that is not the one it was: its log has become shorter, or a topic was made anew. Both stop; neither is a silent empty log. */
import { readdir, readFile, rm, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/clock/system.ts'
import { kafkajs } from '#adapters/kafka/client.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { embeddedRegistry } from '#adapters/schema-registry/embedded.ts'
import { readToEnd } from '#core/log/append-chained.ts'
import { controlChain, outcomesChain } from '#core/log/chain.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { checkHead, openLog } from '#core/log/open-log.ts'
import { loadCodecs } from '#core/log/record-codecs.ts'
import { startTestKafka } from '../support/kafka.ts'
import { kafkaLogs, makeLogTopics } from '../support/kafka-log.ts'

const LONG_MS = 120_000
const BATCH_HEADER = 12

const kafka = await startTestKafka({ own: true })
const logs = kafkaLogs()
const codecs = await loadCodecs(embeddedRegistry())

afterAll(async () => {
  await logs.closeAll()
  await kafka?.stop()
})

/** Where the last record batch of a segment begins. */
function lastBatch(segment: Buffer): number {
  let at = 0
  for (;;) {
    const next = at + BATCH_HEADER + segment.readInt32BE(at + 8)
    if (next >= segment.length) return at
    at = next
  }
}

/** The disk forgets the last batch of a partition, as one does that lied about what it had written. */
async function forgetLast(brokers: string, partition: string): Promise<void> {
  const folder = join(brokers, 'broker-1', 'data', partition)
  for (const name of await readdir(folder)) {
    const path = join(folder, name)
    if (name.endsWith('.log')) await truncate(path, lastBatch(await readFile(path)))
    else if (/\.(index|timeindex|snapshot)$/.test(name)) await rm(path)
  }
}

if (kafka?.running) {
  const { brokers, running } = kafka
  describe('a log on Kafka that is not the one it was', { timeout: LONG_MS }, () => {
    it('a broker that comes back with a shorter log: OPS_LOG to whoever had read further', async () => {
      const prefix = await makeLogTopics(brokers)
      const log = logs.open(brokers, prefix)
      await initialiseLog(log, codecs, systemRandom, systemClock)
      const chain = controlChain(codecs)
      const head = await readToEnd(log, chain, 0, undefined)
      expect(head.seq).toBe(2)
      await running.kill(0)
      await forgetLast(running.folder, `${prefix}control-0`)
      await running.restart(0)
      const after = logs.open(brokers, prefix)
      await expect(checkHead(after, chain, 0, head)).rejects.toMatchObject({ code: 'OPS_LOG' })
      await expect(openLog(after, codecs)).rejects.toMatchObject({ code: 'OPS_LOG' })
    })

    it('a topic that was deleted and made anew: OPS_LOG, and nobody writes a genesis', async () => {
      const prefix = await makeLogTopics(brokers)
      const log = logs.open(brokers, prefix)
      await initialiseLog(log, codecs, systemRandom, systemClock)
      const chain = outcomesChain(codecs)
      const head = await readToEnd(log, chain, 3, undefined)
      const topic = `${prefix}outcomes`
      const { Kafka, logLevel } = kafkajs
      const admin = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING }).admin()
      await admin.connect()
      try {
        await admin.fetchTopicOffsets(topic)
        await admin.deleteTopics({ topics: [topic] })
        const configEntries = [
          { name: 'message.timestamp.type', value: 'LogAppendTime' },
          { name: 'retention.ms', value: '-1' },
        ]
        const made = { topic, numPartitions: 16, replicationFactor: 1, configEntries }
        for (let attempt = 0; ; attempt += 1) {
          try {
            await admin.createTopics({ waitForLeaders: false, topics: [made] })
            break
          } catch (error) {
            if (attempt === 100) throw error
            await systemClock.sleep(50)
          }
        }
        await systemClock.sleep(500)
      } finally {
        await admin.disconnect()
      }
      const after = logs.open(brokers, prefix)
      await expect(openLog(after, codecs)).rejects.toMatchObject({ code: 'OPS_LOG' })
      await expect(checkHead(after, chain, 3, head)).rejects.toMatchObject({ code: 'OPS_LOG' })
      expect(await after.end('outcomes', 3)).toBe(0)
    })
  })
} else {
  it('NOT RUN: no Kafka', () => expect(process.env['CI']).not.toBe('true'))
}

import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { startTestKafka } from '../support/kafka.ts'
import { kafkaLogs, makeLogTopics } from '../support/kafka-log.ts'
import { API, type Frame, startTcpProxy } from '../support/tcp-proxy.ts'
import { eventLogSuite, type LogUnderTest } from './event-log.suite.ts'

/** Short: a lost answer is waited for. */
const ANSWER_MS = 1_500

const kafka = await startTestKafka()
const proxy = kafka && (await startTcpProxy(kafka.brokers))
const logs = kafkaLogs()

afterEach(() => logs.closeAll())
afterAll(async () => {
  await logs.closeAll()
  await proxy?.close()
  await kafka?.stop()
})

const isProduce = (frame: Frame, direction: Frame['direction']) =>
  frame.apiKey === API.produce && frame.direction === direction

/** The next append's answer is lost on the wire, between this client and a real broker. */
function loseNext(fate: 'applied' | 'late' | 'never'): { land(): Promise<void> } {
  const release = Promise.withResolvers<void>()
  const landed = Promise.withResolvers<void>()
  let chosen: Frame | undefined
  proxy?.rule((frame) => {
    if (chosen && isProduce(frame, 'response') && frame.connection === chosen.connection) landed.resolve()
    if (chosen) return 'pass'
    if (!isProduce(frame, fate === 'applied' ? 'response' : 'request')) return 'pass'
    chosen = frame
    if (fate === 'applied') return 'drop'
    return fate === 'never' ? 'cut' : { after: release.promise }
  })
  return {
    async land() {
      if (fate !== 'late') return
      release.resolve()
      await landed.promise
    },
  }
}

if (kafka && proxy) {
  eventLogSuite(`kafka (${kafka.from})`, async (): Promise<LogUnderTest> => {
    proxy.rule(undefined)
    const prefix = await makeLogTopics(kafka.brokers)
    const again = () => logs.open(kafka.brokers, prefix)
    const other = again()
    return {
      log: logs.open(proxy.brokers, prefix, ANSWER_MS),
      again,
      loseNext,
      inject: async (topic, partition, entry) => {
        await other.append(topic, partition, await other.end(topic, partition), [entry])
      },
    }
  })
} else {
  describe('EventLog: kafka', () => {
    it('is not run here: no Kafka', () => {
      expect(kafka).toBeUndefined()
    })
  })
}

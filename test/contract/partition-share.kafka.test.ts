import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/clock/system.ts'
import { kafkaShare } from '#adapters/partition-share/kafka.ts'
import { LIMITS } from '#core/limits.ts'
import { startTestKafka } from '../support/kafka.ts'
import { makeLogTopics } from '../support/kafka-log.ts'
import { API, startTcpProxy } from '../support/tcp-proxy.ts'

const kafka = await startTestKafka()
const proxy = kafka && (await startTcpProxy(kafka.brokers))
const stops: AbortController[] = []
const running: Promise<unknown>[] = []
let groups = 0

afterAll(async () => {
  for (const stop of stops) stop.abort()
  await Promise.allSettled(running)
  await proxy?.close()
  await kafka?.stop()
})

const LONG_MS = 20_000
const all = Array.from({ length: LIMITS.partitions }, (_, partition) => partition)

async function until(what: () => boolean): Promise<void> {
  for (let waited = 0; !what(); waited += 20) {
    if (waited > LONG_MS) throw new Error('it does not happen')
    await systemClock.sleep(20)
  }
}

/** One exchange, of which only the shares are of interest. */
function instance(brokers: readonly string[], topicPrefix: string, groupId: string) {
  const stop = new AbortController()
  const seen: (readonly number[])[] = []
  let inUse = 0
  let most = 0
  let now: readonly number[] = []
  const share = kafkaShare({
    brokers,
    topicPrefix,
    groupId,
    clientId: 'test',
    clock: systemClock,
    requestTimeoutMs: 3_000,
  })
  const done = share.run(stop.signal, async (partitions, signal) => {
    inUse += 1
    most = Math.max(most, inUse)
    seen.push(partitions)
    now = partitions
    await systemClock.sleep(2 ** 31 - 1, signal)
    now = []
    inUse -= 1
  })
  stops.push(stop)
  running.push(done)
  return { stop, done, seen, now: () => now, most: () => most }
}

if (kafka && proxy) {
  const prefix = await makeLogTopics(kafka.brokers)
  const fresh = () => {
    groups += 1
    return `schakel.exchange.${prefix}${groups}`
  }
  const disjoint = (...shares: (readonly number[])[]) =>
    shares.flat().length === all.length && new Set(shares.flat()).size === all.length

  describe('PartitionShare: kafka', { timeout: 60_000 }, () => {
    it('gives one all, two a half each, and the rest back to who stays, at once when one leaves', async () => {
      const group = fresh()
      const one = instance(kafka.brokers, prefix, group)
      await until(() => one.now().length === all.length)
      const two = instance(kafka.brokers, prefix, group)
      await until(() => one.now().length === 8 && two.now().length === 8)
      expect(disjoint(one.now(), two.now())).toBe(true)
      const left = Date.now()
      two.stop.abort()
      await two.done
      await until(() => one.now().length === all.length)
      // Without a leave it would take the whole session.
      expect(Date.now() - left).toBeLessThan(LIMITS.groupSessionMs)
      expect([one.most(), two.most()]).toEqual([1, 1])
      one.stop.abort()
      await one.done
    })

    it('gives a third its part, and leaves what need not move where it is', async () => {
      const group = fresh()
      const members = [instance(kafka.brokers, prefix, group), instance(kafka.brokers, prefix, group)]
      await until(() => members.every((each) => each.now().length === 8))
      const before = members.map((each) => each.now())
      const third = instance(kafka.brokers, prefix, group)
      await until(() => disjoint(...members.map((each) => each.now()), third.now()) && third.now().length > 0)
      members.forEach((each, index) => {
        expect(before[index]).toEqual(expect.arrayContaining([...each.now()]))
      })
      for (const each of [...members, third]) each.stop.abort()
      await Promise.all([...members, third].map((each) => each.done))
    })

    it('keeps its share while the coordinator is silent or gone, and is a member again afterwards', async () => {
      const group = fresh()
      const one = instance(proxy.brokers, prefix, group)
      await until(() => one.now().length === all.length)
      proxy.refuse(true)
      await systemClock.sleep(LIMITS.groupSessionMs + 1_500)
      expect(one.now()).toEqual(all)
      proxy.refuse(false)
      // Heartbeats that are never answered: the member must not wait for ever.
      proxy.rule((frame) =>
        frame.apiKey === API.heartbeat && frame.direction === 'response' ? 'drop' : 'pass',
      )
      await systemClock.sleep(4_500)
      proxy.rule(undefined)
      const two = instance(kafka.brokers, prefix, group)
      await until(() => disjoint(one.now(), two.now()) && two.now().length === 8)
      for (const each of [one, two]) each.stop.abort()
      await Promise.all([one.done, two.done])
    })

    it('rejects with what the work rejected with, and stops within the time of an answer', async () => {
      const broken = kafkaShare({
        brokers: kafka.brokers,
        topicPrefix: prefix,
        groupId: fresh(),
        clientId: 'test',
        clock: systemClock,
      })
      await expect(
        broken.run(new AbortController().signal, async () => {
          throw new RangeError('broken')
        }),
      ).rejects.toThrow(RangeError)
    })
  })
} else {
  describe('PartitionShare: kafka', () => {
    it('is not run here: no Kafka', () => {
      expect(kafka).toBeUndefined()
    })
  })
}

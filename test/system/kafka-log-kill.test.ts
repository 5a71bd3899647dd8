/** The chain rule on three brokers that are killed and paused while two writers believe that every partition is theirs. */
import { createHash } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { systemClock } from '#adapters/clock/system.ts'
import { asFailure } from '#core/failure.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import { startTestKafka } from '../support/kafka.ts'
import { kafkaLogs, makeLogTopics } from '../support/kafka-log.ts'

const kafka = await startTestKafka({ count: 3 })
const logs = kafkaLogs()

afterAll(async () => {
  await logs.closeAll()
  await kafka?.stop()
})

const PARTITIONS = [0, 1, 2, 3] as const
const RUN_MS = 25_000
const BATCH = 5

interface Link {
  readonly seq: number
  readonly prev: string
  readonly id: string
}

interface Head {
  readonly seq: number
  readonly hash: string
  readonly position: number
}

const hashOf = (value: Uint8Array) => createHash('sha256').update(value).digest('hex')

/** Reads to the end by the rule that every reader follows: what does not extend the chain is void. */
async function readOn(log: EventLog, partition: number, from: Head, each: (id: string) => void) {
  let head = from
  let voids = 0
  for (;;) {
    const records = await log.read('outcomes', partition, head.position)
    if (records.length === 0) return { head, voids }
    for (const { position, value } of records) {
      const { seq, prev, id } = JSON.parse(Buffer.from(value).toString()) as Link
      const valid = seq === head.seq + 1 && prev === head.hash
      if (valid) each(id)
      else voids += 1
      head = valid
        ? { seq, hash: hashOf(value), position: position + 1 }
        : { ...head, position: position + 1 }
    }
  }
}

function blockAfter(head: Head, name: string, count: number) {
  const ids = Array.from({ length: count }, (_, index) => `${name}.${index}`)
  let at = { seq: head.seq, hash: head.hash }
  const entries = ids.map((id) => {
    const value = Buffer.from(JSON.stringify({ seq: at.seq + 1, prev: at.hash, id } satisfies Link))
    at = { seq: at.seq + 1, hash: hashOf(value) }
    return { headers: { 'ce-id': id }, value }
  })
  return { ids, entries, head: { ...at, position: head.position + count } }
}

const START: Head = { seq: 0, hash: '', position: 0 }

/** Appends blocks until it is over; what was acknowledged, in order. */
async function writer(log: EventLog, partition: number, name: string, over: AbortSignal) {
  const acknowledged: string[] = []
  let head = START
  const seen = { conflict: 0, unknown: 0, unavailable: 0 }
  for (let n = 0; !over.aborted; n += 1) {
    try {
      head = (await readOn(log, partition, head, () => undefined)).head
      const block = blockAfter(head, `${name}.${partition}.${n}`, BATCH)
      const answer = await log.append('outcomes', partition, head.position, block.entries)
      if (answer.kind === 'appended') {
        acknowledged.push(...block.ids)
        head = block.head
      } else seen[answer.kind] += 1
    } catch (error) {
      // Only this is allowed to happen to somebody whose brokers are killed.
      if (asFailure(error).code !== 'OPS_LOG_UNAVAILABLE') throw error
      seen.unavailable += 1
      await systemClock.sleep(100, over)
    }
  }
  return { acknowledged, seen }
}

/** Waits for changes as services do; how many records it has read when it is over. */
async function follower(log: EventLog, over: AbortSignal): Promise<ReadonlyMap<number, number>> {
  const heads = new Map<number, Head>(PARTITIONS.map((partition) => [partition, START]))
  while (!over.aborted) {
    const changed = log.changed(['outcomes'], 60_000, over)
    try {
      for (const [partition, head] of heads)
        heads.set(partition, (await readOn(log, partition, head, () => undefined)).head)
    } catch (error) {
      if (asFailure(error).code !== 'OPS_LOG_UNAVAILABLE') throw error
      await systemClock.sleep(100, over)
      continue
    }
    await changed
  }
  return new Map([...heads].map(([partition, { seq }]) => [partition, seq]))
}

async function harm(running: NonNullable<NonNullable<typeof kafka>['running']>, over: AbortSignal) {
  let kills = 0
  for (let n = 0; !over.aborted; n += 1) {
    const broker = n % 3
    if (n % 2 === 1) {
      running.pause(broker)
      await systemClock.sleep(2_000)
      running.resume(broker)
    } else {
      await running.kill(broker)
      kills += 1
      await running.restart(broker)
    }
    await running.ready()
    await systemClock.sleep(500, over)
  }
  return kills
}

describe('the log on three brokers', { timeout: 180_000 }, () => {
  const running = kafka?.running
  if (!kafka || !running) {
    it('NOT RUN: no Kafka', () => expect(process.env['CI']).not.toBe('true'))
    return
  }
  it('loses nothing that was acknowledged and takes nothing twice, whoever is killed', async () => {
    const prefix = await makeLogTopics(kafka.brokers)
    const open = () => logs.open(kafka.brokers, prefix, 3_000)
    const over = new AbortController()
    const followed = new AbortController()
    const [one, two, reader] = [open(), open(), open()]
    const writers = PARTITIONS.flatMap((partition) => [
      writer(one, partition, 'one', over.signal),
      writer(two, partition, 'two', over.signal),
    ])
    const following = follower(reader, followed.signal)
    const harming = harm(running, over.signal)
    await systemClock.sleep(RUN_MS)
    over.abort()
    const kills = await harming
    const done = await Promise.all(writers)
    // News of the last block must reach a reader that waits, over whatever leaders there are now.
    await systemClock.sleep(3_000)
    followed.abort()
    const reached = await following

    const valid: string[] = []
    let voids = 0
    const fresh = open()
    for (const partition of PARTITIONS) {
      const before = valid.length
      voids += (await readOn(fresh, partition, START, (id) => valid.push(id))).voids
      expect(reached.get(partition)).toBe(valid.length - before)
    }
    const sum = (of: 'conflict' | 'unknown' | 'unavailable') =>
      done.reduce((total, { seen }) => total + seen[of], 0)
    process.stdout.write(
      `${valid.length} valid, ${voids} void, ${kills} kills, ${sum('conflict')} conflicts, ${sum('unknown')} unknown, ${sum('unavailable')} unavailable\n`,
    )
    expect(new Set(valid).size).toBe(valid.length)
    const at = new Map(valid.map((id, index) => [id, index]))
    for (const { acknowledged } of done) {
      const found = acknowledged.map((id) => at.get(id) ?? -1)
      expect(found.filter((index) => index < 0)).toEqual([])
      expect(found).toEqual(found.toSorted((a, b) => a - b))
    }
    expect(valid.length).toBeGreaterThan(100)
    expect(kills).toBeGreaterThan(0)
  })
})

import { afterAll, describe, expect, it } from 'vitest'
import { applyDeclaration } from '#adapters/kafka/apply-topics.ts'
import { checkTopicsAndRights } from '#adapters/kafka/check-topics.ts'
import { connectAdmin } from '#adapters/kafka/client.ts'
import { type Declaration, readDeclaration } from '#adapters/kafka/declaration.ts'
import { asFailure } from '#core/failure.ts'
import { startTestKafka, type TestKafka } from '../support/kafka.ts'
import * as probe from '../support/kafka-probe.ts'

const TOPICS = new URL('../../infra/kafka/topics.json', import.meta.url).pathname
const LEADER_MOVES_MS = 30_000

const kafka = await startTestKafka({ count: 3 })
afterAll(() => kafka?.stop(), LEADER_MOVES_MS)

async function asAdmin<T>(
  { brokers }: TestKafka,
  work: (admin: Awaited<ReturnType<typeof connectAdmin>>) => Promise<T>,
): Promise<T> {
  const admin = await connectAdmin({ brokers, clientId: 'test' })
  try {
    return await work(admin)
  } finally {
    await admin.disconnect()
  }
}

function suite(three: TestKafka) {
  const target = { broker: three.brokers[0] ?? '' }
  const options = { dryRun: false, prune: false, secured: false }
  const declared = () => readDeclaration(TOPICS, { partners: [], single: false })
  const apply = (declaration: Declaration, dryRun = false) =>
    asAdmin(three, (admin) => applyDeclaration(admin, target, declaration, { ...options, dryRun }))

  it('does nothing on a dry run, makes the topics, and the second time leaves all', async () => {
    const declaration = await declared()
    const dry = await apply(declaration, true)
    expect(dry.map((one) => one.step)).toEqual(['created', 'created', 'created', 'created'])
    expect(await probe.listTopics(target)).toEqual([])
    expect((await apply(declaration)).map((one) => one.step)).toEqual(dry.map((one) => one.step))
    expect((await apply(declaration)).every((one) => one.step === 'left')).toBe(true)
    const found = await asAdmin(three, (admin) =>
      checkTopicsAndRights(admin, target, declaration, { secured: false }),
    )
    expect(found).toEqual([])
  })

  it('refuses another number of partitions or replicas before it changes anything', async () => {
    const declaration = await declared()
    const changed = (part: object): Declaration => ({
      ...declaration,
      topics: declaration.topics.map((topic) =>
        topic.name === 'ledger' ? { ...topic, ...part } : { ...topic, config: { 'retention.ms': '1' } },
      ),
    })
    for (const part of [{ partitions: 2 }, { replicationFactor: 4 }]) {
      const code = await apply(changed(part)).then(
        () => 'applied',
        (error: unknown) => asFailure(error).code,
      )
      expect(code).toBe('OPS_KAFKA')
    }
    expect((await apply(declaration)).every((one) => one.step === 'left')).toBe(true)
  })

  it('acknowledges with one broker down and not with two', async () => {
    const { running } = three
    if (!running) throw new Error('brokers of our own were asked for')
    await running.kill(2)
    const writes = async (broker: string) => {
      const codes: (number | string)[] = []
      // Sixteen leaders are spread over all: one of the partitions asked is led by whoever is asked.
      for (const topic of ['control', 'ledger'])
        codes.push(await probe.write({ broker }, topic, 2_000).catch(() => 'no answer'))
      return codes
    }
    const deadline = Date.now() + LEADER_MOVES_MS
    let acknowledged = 0
    while (acknowledged < 2 && Date.now() < deadline) {
      const codes = [...(await writes(three.brokers[0] ?? '')), ...(await writes(three.brokers[1] ?? ''))]
      acknowledged = codes.filter((code) => code === probe.NONE).length
    }
    expect(acknowledged).toBe(2)
    await running.kill(1)
    for (let attempt = 0; attempt < 3; attempt += 1)
      expect(await writes(three.brokers[0] ?? '')).not.toContain(probe.NONE)
  })
}

describe('three brokers', () => {
  if (kafka) suite(kafka)
  else it('NOT RUN: no Kafka', () => expect(process.env['CI']).not.toBe('true'))
})

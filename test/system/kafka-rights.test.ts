import { afterAll, describe, expect, it } from 'vitest'
import { checkTopicsAndRights } from '#adapters/kafka/check-topics.ts'
import { connectAdmin } from '#adapters/kafka/client.ts'
import { type KafkaPartner, partnerPrincipal } from '#adapters/kafka/declaration.ts'
import { describeQuotas } from '#adapters/kafka/quotas.ts'
import { removeScramUser, scramUsers, setScramUser } from '#adapters/kafka/scram-users.ts'
import { ask, type WireTarget } from '#adapters/kafka/wire.ts'
import { createCa } from '#adapters/pki/create-ca.ts'
import { issueServiceCertificate } from '#adapters/pki/issue-service-certificate.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { asFailure } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import * as probe from '../support/kafka-probe.ts'
import { pki, type SecuredKafka, startSecuredKafka } from '../support/secured-kafka.ts'

const A = parseOin('00000099000000001000', '/a')
const B = parseOin('00000099000000002000', '/b')
const C = parseOin('00000099000000003000', '/c')
const partner = (oin: KafkaPartner['oin'], suspended = false): KafkaPartner => ({ oin, suspended })
const SERVICES = ['gateway', 'exchange', 'ledger', 'courier', 'console', 'operator']
const START_MS = 120_000

const everyone = [partner(A), partner(B), partner(C)]

const kafka = await startSecuredKafka(everyone)
afterAll(() => kafka?.stop(), START_MS)

async function codeOf(run: Promise<unknown>): Promise<string> {
  return run.then(
    () => 'accepted',
    (error: unknown) => asFailure(error).code,
  )
}

type Connect = () => Promise<WireTarget>

/** Declared? Topics by name, groups and transactional ids by prefix. */
function declared({ declaration }: SecuredKafka, principal: string) {
  return (resource: string, name: string, operation: string) =>
    declaration.rights.some(
      (right) =>
        right.principal === principal &&
        right.resource === resource &&
        (resource === 'topic' ? right.name === name : name.startsWith(right.name)) &&
        right.operation === operation,
    )
}

/** Every topic and operation is tried: what is not declared is refused. */
function topicRights(secured: SecuredKafka, principal: string, connect: Connect) {
  const topics = secured.declaration.topics.map((topic) => topic.name)
  const may = declared(secured, principal)

  it('may write to the topics it is declared for, and to no other', async () => {
    const target = await connect()
    for (const topic of topics) {
      const code = await probe.write(target, topic)
      const allowed = may('topic', topic, 'WRITE')
      expect([topic, code]).toEqual([topic, allowed ? probe.NONE : probe.TOPIC_REFUSED])
    }
  })

  it('may read the topics it is declared for, and no other', async () => {
    const target = await connect()
    for (const topic of topics) {
      const code = await probe.read(target, topic)
      const allowed = may('topic', topic, 'READ')
      expect([topic, code]).toEqual([topic, allowed ? probe.NONE : probe.TOPIC_REFUSED])
    }
  })

  it('learns only of its own topics', async () => {
    const target = await connect()
    const known = topics.filter((topic) =>
      ['READ', 'WRITE'].some((operation) => may('topic', topic, operation)),
    )
    expect(await probe.listTopics(target)).toEqual([...known].sort())
    for (const topic of topics)
      expect(await probe.describe(target, topic)).toBe(
        known.includes(topic) ? probe.NONE : probe.TOPIC_REFUSED,
      )
  })
}

function otherRights(secured: SecuredKafka, principal: string, connect: Connect) {
  const topics = secured.declaration.topics.map((topic) => topic.name)
  const may = declared(secured, principal)

  it('uses groups and transactions of its own, and no other', async () => {
    const target = await connect()
    const names = [...SERVICES.map((name) => `schakel.${name}`), `p.${A}.x`, `p.${B}.x`, `p.${C}.x`, 'x']
    for (const name of names) {
      const group = await probe.describeGroup(target, name)
      expect([name, group === probe.GROUP_REFUSED]).toEqual([name, !may('group', name, 'READ')])
      const begun = await probe.beginTransactions(target, name)
      const mine = may('transactional', name, 'WRITE')
      expect([name, begun === probe.TRANSACTION_REFUSED]).toEqual([name, !mine])
    }
    const codes = await Promise.all(names.map((name) => probe.commitOffset(target, name, `p.${A}.out`)))
    for (const [index, code] of codes.entries())
      if (!may('group', names[index] ?? '', 'READ')) expect(code).toBe(probe.GROUP_REFUSED)
  })

  it('administers nothing', async () => {
    const target = await connect()
    expect(await probe.createTopic(target, `p.${A}.new`)).toBe(probe.TOPIC_REFUSED)
    expect(await probe.createTopic(target, 'anything')).toBe(probe.TOPIC_REFUSED)
    expect(await probe.describeAcls(target)).toBe(probe.CLUSTER_REFUSED)
    for (const topic of topics) {
      expect(await probe.deleteTopic(target, topic)).toBe(probe.TOPIC_REFUSED)
      expect(await probe.alterConfig(target, topic)).toBe(probe.TOPIC_REFUSED)
    }
    expect(await codeOf(describeQuotas(target))).toBe('OPS_KAFKA')
    expect(await codeOf(removeScramUser(target, A))).toBe('OPS_KAFKA')
  })
}

function strangers(secured: SecuredKafka) {
  it('is refused without a client certificate', async () => {
    for (const broker of [secured.running.brokers[0], secured.running.partnerBrokers[0]]) {
      const target = { broker: broker ?? '', tls: { ca: secured.ca } }
      expect(await codeOf(probe.listTopics(target))).toBe('OPS_KAFKA')
    }
  })

  it('is refused with a certificate of another CA, whatever it says', async () => {
    const other = createCa(pki)
    expect(await codeOf(probe.listTopics(secured.asPartner(A, { issuer: other })))).toBe('OPS_KAFKA')
    const { certPem, keyPem } = issueServiceCertificate(pki, secured.partnerCa, { name: 'exchange' })
    const tls = { ca: secured.ca, cert: certPem, key: keyPem }
    const [internal = ''] = secured.running.brokers
    const [outside = ''] = secured.running.partnerBrokers
    expect(await codeOf(probe.listTopics({ broker: internal, tls }))).toBe('OPS_KAFKA')
    // Of the right CA, but without an OIN: nobody.
    expect(await codeOf(probe.listTopics({ broker: outside, tls }))).toBe('OPS_KAFKA')
  })

  it("is not let in on the services' listener with a partner's certificate, nor the other way round", async () => {
    const { tls } = secured.asPartner(A)
    const [broker = ''] = secured.running.brokers
    expect(await codeOf(probe.listTopics({ broker, ...(tls ? { tls } : {}) }))).toBe('OPS_KAFKA')
    const service = await secured.asService('exchange')
    const [outside = ''] = secured.running.partnerBrokers
    expect(await codeOf(probe.listTopics({ ...service, broker: outside }))).toBe('OPS_KAFKA')
  })

  it("gains nothing by writing another's serial number or a service's name into its common name", async () => {
    const hex = partnerPrincipal(B)
    for (const commonName of [
      `2.5.4.5=#${hex}`,
      `x,2.5.4.5=#${hex}`,
      `x\\,2.5.4.5=#${hex}`,
      'exchange',
      'admin',
    ]) {
      const hostile = secured.asPartner(A, { commonName })
      expect(await probe.listTopics(hostile)).toEqual([`p.${A}.in`, `p.${A}.out`])
      expect(await probe.write(hostile, `p.${B}.in`)).toBe(probe.TOPIC_REFUSED)
    }
  })

  it('has no rights as a partner that was never declared', async () => {
    const stranger = secured.asPartner('00000099000000009900')
    expect(await probe.listTopics(stranger)).toEqual([])
    expect(await probe.write(stranger, 'inbound')).toBe(probe.TOPIC_REFUSED)
  })
}

function scram(secured: SecuredKafka) {
  const login = (username: string, password: string) =>
    connectAdmin({
      brokers: secured.running.scramBrokers,
      clientId: 'partner',
      tls: { ca: secured.ca },
      sasl: { username, password },
    })

  it('gives a partner the rights of its certificate, and no more; a wrong or old password gives none', async () => {
    const admin = await secured.asService('admin')
    const bytes = (count: number) => systemRandom.bytes(count)
    const first = await setScramUser(admin, A, bytes)
    const second = await setScramUser(admin, A, bytes)
    expect(await codeOf(login(first.user, first.password))).not.toBe('accepted')
    expect(await codeOf(login(second.user, `${second.password}x`))).not.toBe('accepted')
    expect(await codeOf(login('admin', second.password))).not.toBe('accepted')
    const client = await login(second.user, second.password)
    expect([...(await client.listTopics())].sort()).toEqual([`p.${A}.in`, `p.${A}.out`])
    await client.disconnect()
    await removeScramUser(admin, A)
    expect(await codeOf(login(second.user, second.password))).not.toBe('accepted')
    expect(await scramUsers(admin)).toEqual([])
  })

  it('is not spoken without TLS', async () => {
    const [broker = ''] = secured.running.scramBrokers
    const request = { apiKey: 18, apiVersion: 0, flexible: false, body: Buffer.alloc(0) }
    expect(await codeOf(ask({ broker }, request))).toBe('OPS_KAFKA')
  })
}

function applied(secured: SecuredKafka) {
  it('is in force: topics, rights and quotas as declared, and a deviation is explained', async () => {
    const target = await secured.asService('admin')
    const tls = target.tls ?? { ca: '' }
    const admin = await connectAdmin({ brokers: secured.running.brokers, clientId: 'test', tls })
    try {
      const check = () => checkTopicsAndRights(admin, target, secured.declaration, { secured: true })
      expect(await check()).toEqual([])
      const quotas = await describeQuotas(target)
      const of = (principal: string | undefined) => quotas.find((one) => one.principal === principal)
      expect(of(partnerPrincipal(A))?.producerByteRate).toBe(2_097_152)
      expect(of(undefined)?.requestPercentage).toBe(10)
      const configEntries = [{ name: 'retention.ms', value: '604800000' }]
      const resources = [{ type: 2, name: 'outcomes', configEntries }]
      await admin.alterConfigs({ validateOnly: false, resources })
      const found = await check()
      expect(found.map(({ what, setting }) => `${what} ${setting}`)).toContain('topic outcomes retention.ms')
      expect(found.filter((one) => one.why.length < 10 || one.mend.length < 10)).toEqual([])
      await secured.apply(everyone)
      expect(await check()).toEqual([])
    } finally {
      await admin.disconnect()
    }
  })

  it('takes all rights of a suspended partner away, and nothing of the others', async () => {
    const [partners = ''] = secured.running.partnerBrokers
    const { tls } = secured.asPartner(C)
    const open = await connectAdmin({ brokers: [partners], clientId: 'c', ...(tls ? { tls } : {}) })
    try {
      expect([...(await open.listTopics())].sort()).toEqual([`p.${C}.in`, `p.${C}.out`])
      await secured.apply([partner(A), partner(B), partner(C, true)])
      // On the connection that was open before.
      expect(await open.listTopics()).toEqual([])
    } finally {
      await open.disconnect()
    }
    const barred = secured.asPartner(C)
    expect(await probe.listTopics(barred)).toEqual([])
    expect(await probe.write(barred, `p.${C}.in`)).toBe(probe.TOPIC_REFUSED)
    expect(await probe.listTopics(secured.asPartner(B))).toEqual([`p.${B}.in`, `p.${B}.out`])
  })
}

function suite(secured: SecuredKafka) {
  describe.each(SERVICES)('%s', (name) => {
    topicRights(secured, name, () => secured.asService(name))
    otherRights(secured, name, () => secured.asService(name))
  })
  describe.each([A, B])('partner %s', (oin) => {
    topicRights(secured, partnerPrincipal(oin), async () => secured.asPartner(oin))
    otherRights(secured, partnerPrincipal(oin), async () => secured.asPartner(oin))
  })
  describe('who nobody knows', () => strangers(secured))
  describe('SCRAM', () => scram(secured))
  describe('what is applied', () => applied(secured))
}

describe('rights on Kafka', () => {
  if (kafka) suite(kafka)
  else it('NOT RUN: no Kafka', () => expect(process.env['CI']).not.toBe('true'))
})

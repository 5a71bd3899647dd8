import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { aclOf, aclText, compareAcls } from '#adapters/kafka/acls.ts'
import { declare, kafkaPartners, partnerPrincipal } from '#adapters/kafka/declaration.ts'
import { quotasToSet } from '#adapters/kafka/quotas.ts'
import { asFailure } from '#core/failure.ts'
import { parseOin } from '#core/ids.ts'
import { clusterId } from '../../../infra/kafka/run-brokers.ts'
import { PARTNER_RULE, SERVICE_RULE, serverProperties } from '../../../infra/kafka/server-properties.ts'

const file = readFileSync(new URL('../../../infra/kafka/topics.json', import.meta.url), 'utf8')
const json = (): Record<string, unknown> => JSON.parse(file) as Record<string, unknown>
const A = parseOin('00000099000000001000', '/a')
const B = parseOin('00000099000000002000', '/b')
const both = [
  { oin: A, suspended: false },
  { oin: B, suspended: false },
]

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    return asFailure(error).code
  }
}

describe('infra/kafka/topics.json', () => {
  it('refuses what does not fit, and a right of a partner that names no partner', () => {
    const broken: readonly Record<string, unknown>[] = [
      { topics: [{ name: 'inbound', partitions: 0, retentionMs: -1, why: 'x' }] },
      { topics: [{ name: 'inbound', partitions: 16, retentionMs: 0, why: 'x' }] },
      { topics: [{ name: 'inbound', partitions: 16, retentionMs: -1 }] },
      { services: [{ to: 'gateway', on: 'cluster:x', may: ['READ'] }] },
      { services: [{ to: 'gateway', on: 'topic:inbound', may: ['ALL'] }] },
      { services: [{ to: 'User:*', on: 'topic:inbound', may: ['READ'] }] },
      { partner: [{ on: 'topic:inbound', may: ['READ'] }] },
      { partner: [{ on: 'group:p.', may: ['READ'] }] },
      { quotas: {} },
    ]
    for (const part of broken)
      expect(codeOf(() => declare({ ...json(), ...part }, { partners: both, single: false }))).toBe(
        'OPS_KAFKA',
      )
  })

  it('keeps the chained topics for ever, on three brokers, and what partners read for 7 days at most', () => {
    const { topics } = declare(json(), { partners: both, single: false })
    const of = (name: string) => topics.find((topic) => topic.name === name)
    for (const name of ['inbound', 'outcomes', 'control', 'ledger']) {
      expect(of(name)?.config['retention.ms']).toBe('-1')
      expect(of(name)?.config['retention.bytes']).toBe('-1')
    }
    expect(of('inbound')?.partitions).toBe(16)
    expect(of('outcomes')?.partitions).toBe(16)
    expect(Number(of(`p.${A}.out`)?.config['retention.ms'])).toBeLessThanOrEqual(7 * 86_400_000)
    for (const topic of topics) {
      expect(topic.replicationFactor).toBe(3)
      expect(topic.config).toMatchObject({
        'min.insync.replicas': '2',
        'unclean.leader.election.enable': 'false',
        'cleanup.policy': 'delete',
        'message.timestamp.type': 'LogAppendTime',
        'max.message.bytes': '4194304',
      })
    }
    const single = declare(json(), { partners: both, single: true }).topics
    expect(single.every((topic) => topic.replicationFactor === 1)).toBe(true)
  })

  it('lets one service alone write each chained topic, but for control, which the operator writes', () => {
    const { rights } = declare(json(), { partners: both, single: false })
    const writers = (name: string) =>
      rights.filter((one) => one.name === name && one.operation === 'WRITE').map((one) => one.principal)
    expect(writers('outcomes')).toEqual(['exchange'])
    expect(writers('ledger')).toEqual(['ledger'])
    expect(writers('control')).toEqual(['operator'])
    expect(writers('inbound')).toEqual(['gateway', 'courier', 'operator'])
    expect(writers(`p.${A}.in`)).toEqual([partnerPrincipal(A)])
  })

  it('gives a partner what bears its own OIN, and a suspended one nothing', () => {
    const { rights } = declare(json(), { partners: both, single: false })
    const mine = rights.filter((one) => one.principal === partnerPrincipal(A))
    expect(mine.length).toBeGreaterThan(0)
    expect(mine.filter((one) => !one.name.startsWith(`p.${A}.`))).toEqual([])
    const barred = declare(json(), { partners: [{ oin: A, suspended: true }], single: false })
    expect(barred.rights.filter((one) => one.principal === partnerPrincipal(A))).toEqual([])
    expect(barred.barred).toEqual([partnerPrincipal(A)])
  })
})

describe('what is compared', () => {
  const declaration = declare(json(), { partners: both, single: false })
  const there = declaration.rights.map(aclOf)

  it('sees a missing, a surplus and a denied right, one from another host, and one of a suspended partner', () => {
    expect(compareAcls(declaration, there)).toEqual({ missing: [], barred: [], surplus: [] })
    const [first, ...rest] = there
    expect(compareAcls(declaration, rest).missing.map(aclText)).toEqual(first ? [aclText(first)] : [])
    if (!first) return
    for (const change of [
      { principal: 'User:*' },
      { host: '10.0.0.1' },
      { permissionType: 2 },
      { operation: 2 },
    ]) {
      const odd = { ...first, ...change }
      expect(compareAcls(declaration, [...there, odd]).surplus).toEqual([odd])
    }
    const without = declare(json(), { partners: [{ oin: A, suspended: true }], single: false })
    const { barred } = compareAcls(without, there)
    expect(new Set(barred.map((acl) => acl.principal))).toEqual(new Set([`User:${partnerPrincipal(A)}`]))
  })

  it('sets a quota that is absent, partial or other, and no more', () => {
    const [one, ...others] = declaration.quotas
    if (!one) return
    expect(quotasToSet(declaration.quotas, declaration.quotas)).toEqual([])
    expect(quotasToSet(declaration.quotas, others)).toEqual([one])
    expect(quotasToSet(declaration.quotas, [{ ...one, producerByteRate: 1 }, ...others])).toEqual([one])
    expect(quotasToSet(declaration.quotas, [{ principal: one.principal }, ...others])).toEqual([one])
  })
})

describe('who speaks Kafka', () => {
  const endpoint = (kind: string) => ({ x: { delivery: { kind } } })

  it('is a partner with an endpoint that says so; one with a carrier uses the carrier', () => {
    const files = [
      { id: 'a', oin: A, via: null, suspended: false, endpoints: endpoint('kafka') },
      { id: 'b', oin: B, via: null, suspended: true, endpoints: endpoint('inbox') },
      { id: 'c', oin: '00000099000000003000', via: 'b', suspended: false, endpoints: endpoint('kafka') },
    ]
    expect(kafkaPartners(files)).toEqual([
      { oin: A, suspended: false },
      { oin: B, suspended: true },
    ])
    expect(codeOf(() => kafkaPartners([{ ...files[2] }]))).toBe('OPS_KAFKA')
  })
})

describe('principals from certificates', () => {
  const pattern = (rule: string) => new RegExp(rule.slice('RULE:'.length, rule.indexOf('/$1/')))
  const of = (rule: string, subject: string) => pattern(rule).exec(subject)?.[1]
  const serial = (oin: string) => `2.5.4.5=#${partnerPrincipal(parseOin(oin, '/'))}`

  it('take the serial number of a partner, wherever it stands in the name', () => {
    expect(of(PARTNER_RULE, `${serial(A)},CN=x,O=y,C=NL`)).toBe(partnerPrincipal(A))
    expect(of(PARTNER_RULE, `CN=x,${serial(A)},O=y,C=NL`)).toBe(partnerPrincipal(A))
    expect(of(PARTNER_RULE, `C=NL,O=y,CN=x,${serial(A)}`)).toBe(partnerPrincipal(A))
  })

  it('take nothing from the text of another attribute', () => {
    expect(of(PARTNER_RULE, `CN=x ${serial(B)},O=y`)).toBe(undefined)
    expect(of(PARTNER_RULE, `CN=x\\,${serial(B)},O=y`)).toBe(undefined)
    expect(of(PARTNER_RULE, `${serial(A)},CN=x\\,${serial(B)},O=y`)).toBe(partnerPrincipal(A))
    expect(of(PARTNER_RULE, `${serial(A)},CN=${serial(B)},O=y`)).toBe(partnerPrincipal(A))
  })

  it('take a service from its exact name only', () => {
    expect(of(SERVICE_RULE, 'CN=exchange,O=Schakel,C=NL')).toBe('exchange')
    for (const subject of [
      'CN=exchange,O=Other,C=NL',
      'CN=exchange,OU=x,O=Schakel,C=NL',
      `${serial(A)},CN=exchange,O=Schakel,C=NL`,
    ])
      expect(of(SERVICE_RULE, subject)).toBe(undefined)
  })
})

describe('the id of a cluster', () => {
  it('never begins as an option does', () => {
    const first = [Buffer.alloc(16, 0xf8), Buffer.alloc(16, 1)]
    expect(clusterId(() => first.shift() ?? Buffer.alloc(16))).toBe(Buffer.alloc(16, 1).toString('base64url'))
  })
})

describe('server.properties', () => {
  const ports = [1, 2, 3].map((node) => ({
    internal: 20_000 + node,
    controller: 20_010 + node,
    partner: 20_020 + node,
    scram: 20_030 + node,
  }))
  const secured = { keystore: '/k.pem', serviceCa: '/s.pem', partnerCa: '/p.pem' }
  const lines = (text: string) =>
    new Map(
      text
        .trim()
        .split('\n')
        .map((line) => [line.split('=')[0], line]),
    )

  it('has no listener without TLS in the secured form, and refuses whoever has no rights', () => {
    const text = serverProperties({ id: 2, ports, logDir: '/d', secured })
    expect(text).not.toContain('PLAINTEXT')
    const map = lines(text)
    expect(map.get('allow.everyone.if.no.acl.found')).toBe('allow.everyone.if.no.acl.found=false')
    expect(map.get('listener.name.partner.ssl.client.auth')).toMatch(/required$/)
    expect(map.get('listener.name.internal.ssl.client.auth')).toMatch(/required$/)
    expect(map.get('listener.name.partner.ssl.truststore.location')).toMatch(/\/p\.pem$/)
    expect(map.get('ssl.enabled.protocols')).toMatch(/=TLSv1\.3$/)
    expect(map.get('super.users')).toBe('super.users=User:admin;User:broker')
  })

  it('keeps brokers to themselves where they have a port of their own', () => {
    const apart = ports.map((one, node) => ({ ...one, replication: 20_040 + node }))
    const map = lines(serverProperties({ id: 1, ports: apart, logDir: '/d', secured, advertised: 9 }))
    expect(map.get('inter.broker.listener.name')).toMatch(/=REPLICATION$/)
    expect(map.get('listener.name.replication.ssl.client.auth')).toMatch(/required$/)
    expect(map.get('advertised.listeners')).toContain('INTERNAL://127.0.0.1:9,')
    expect(map.get('advertised.listeners')).toContain('REPLICATION://127.0.0.1:20040')
    expect(map.get('listener.security.protocol.map')).toContain('REPLICATION:SSL')
  })

  it('replicates on three brokers, and creates no topic by itself', () => {
    const map = lines(serverProperties({ id: 1, ports, logDir: '/d' }))
    expect(map.get('min.insync.replicas')).toBe('min.insync.replicas=2')
    expect(map.get('offsets.topic.replication.factor')).toBe('offsets.topic.replication.factor=3')
    expect(map.get('auto.create.topics.enable')).toBe('auto.create.topics.enable=false')
    expect(map.get('unclean.leader.election.enable')).toBe('unclean.leader.election.enable=false')
  })
})

import { readFile } from 'node:fs/promises'
import { fail } from '#core/failure.ts'
import { type Oin, parseOin } from '#core/ids.ts'

export const OPERATIONS = ['READ', 'WRITE'] as const
export const RESOURCES = ['topic', 'group', 'transactional'] as const

export type Operation = (typeof OPERATIONS)[number]
export type Resource = (typeof RESOURCES)[number]

/** Topics are named in full; groups and transactional ids by prefix. DESCRIBE goes with each. */
export interface Right {
  readonly principal: string
  readonly resource: Resource
  readonly name: string
  readonly operation: Operation
}

export interface DeclaredTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor: number
  readonly config: Readonly<Record<string, string>>
  readonly why: string
}

export interface Quota {
  readonly producerByteRate: number
  readonly consumerByteRate: number
  readonly requestPercentage: number
}

/** `undefined` as principal: anybody who has no quota of their own. */
export interface DeclaredQuota extends Quota {
  readonly principal: string | undefined
}

export interface Declaration {
  readonly topics: readonly DeclaredTopic[]
  readonly rights: readonly Right[]
  readonly quotas: readonly DeclaredQuota[]
  /** Every principal with rights of its own. */
  readonly principals: readonly string[]
  /** Partners that must have no right at all: suspended. */
  readonly barred: readonly string[]
}

/** A partner that speaks Kafka itself. */
export interface KafkaPartner {
  readonly oin: Oin
  readonly suspended: boolean
}

export interface DeclareOptions {
  readonly partners: readonly KafkaPartner[]
  /** One broker: nothing is replicated. Said by whoever runs it, never guessed. */
  readonly single: boolean
}

/** Brokers and administrators are super users; they have quotas, no rights. */
const ABOVE = ['broker', 'admin'] as const

type Members = Readonly<Record<string, unknown>>

function bad(at: string): never {
  return fail('OPS_KAFKA', at, 'infra/kafka/topics.json is not right')
}

function members(value: unknown, at: string): Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : bad(at)
}

function list(value: unknown, at: string): readonly Members[] {
  return Array.isArray(value) ? value.map((one, index) => members(one, `${at}/${index}`)) : bad(at)
}

function text(value: unknown, at: string): string {
  return typeof value === 'string' && value !== '' ? value : bad(at)
}

function whole(value: unknown, at: string, least: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least ? value : bad(at)
}

/** The principal that a broker makes of the OIN in a certificate, and the name of the partner's SCRAM user: `1314` + hex. */
export function partnerPrincipal(oin: Oin): string {
  return `1314${Buffer.from(oin, 'ascii').toString('hex')}`
}

const withOin = (name: string, oin: Oin): string => name.replace('<oin>', oin)

function topicOf(value: Members, config: Members, factor: number, insync: number, at: string): DeclaredTopic {
  const own = Object.entries(config).map(([name, one]) => [name, text(one, `/config/${name}`)] as const)
  const retention = value['retentionMs'] === -1 ? -1 : whole(value['retentionMs'], `${at}/retentionMs`, 1)
  return {
    name: text(value['name'], `${at}/name`),
    partitions: whole(value['partitions'], `${at}/partitions`, 1),
    replicationFactor: factor,
    config: {
      ...Object.fromEntries(own),
      'min.insync.replicas': String(insync),
      'retention.ms': String(retention),
    },
    why: text(value['why'], `${at}/why`),
  }
}

function rightsOf(value: Members, principal: string, at: string): readonly Right[] {
  const [kind, ...rest] = text(value['on'], `${at}/on`).split(':')
  const resource = RESOURCES.find((one) => one === kind) ?? bad(`${at}/on`)
  const may = Array.isArray(value['may']) ? value['may'] : bad(`${at}/may`)
  return may.map((one) => {
    const operation = OPERATIONS.find((each) => each === one) ?? bad(`${at}/may`)
    return { principal, resource, name: rest.join(':'), operation }
  })
}

function quotaOf(value: unknown, at: string): Quota {
  const found = members(value, at)
  return {
    producerByteRate: whole(found['producerByteRate'], `${at}/producerByteRate`, 1),
    consumerByteRate: whole(found['consumerByteRate'], `${at}/consumerByteRate`, 1),
    requestPercentage: whole(found['requestPercentage'], `${at}/requestPercentage`, 1),
  }
}

function topicsOf(root: Members, { partners, single }: DeclareOptions): readonly DeclaredTopic[] {
  const cluster = members(root['cluster'], '/cluster')
  const sizes = single ? members(cluster['single'], '/cluster/single') : cluster
  const factor = whole(sizes['replicationFactor'], '/cluster/replicationFactor', 1)
  const insync = whole(sizes['minInsync'], '/cluster/minInsync', 1)
  const config = members(root['config'], '/config')
  const all = (name: 'topics' | 'partnerTopics') =>
    list(root[name], `/${name}`).map((one, i) => topicOf(one, config, factor, insync, `/${name}/${i}`))
  const theirs = all('partnerTopics')
  const ours = all('topics')
  // The log is never cut off at its old end: this cannot be declared by mistake.
  for (const [index, one] of ours.entries())
    if (one.config['retention.ms'] !== '-1') bad(`/topics/${index}/retentionMs`)
  return [
    ...ours,
    ...partners.flatMap(({ oin }) => theirs.map((one) => ({ ...one, name: withOin(one.name, oin) }))),
  ]
}

function serviceRights(root: Members, partners: readonly KafkaPartner[]): readonly Right[] {
  return list(root['services'], '/services').flatMap((one, index) => {
    const at = `/services/${index}`
    const principal = text(one['to'], `${at}/to`)
    if (!/^[a-z][a-z0-9-]{0,31}$/.test(principal)) bad(`${at}/to`)
    return rightsOf(one, principal, at).flatMap((right) =>
      right.name.includes('<oin>')
        ? partners.map(({ oin }) => ({ ...right, name: withOin(right.name, oin) }))
        : [right],
    )
  })
}

function partnerRights(root: Members, { oin }: KafkaPartner): readonly Right[] {
  return list(root['partner'], '/partner').flatMap((one, index) =>
    rightsOf(one, partnerPrincipal(oin), `/partner/${index}`).map((right) => {
      // A partner's right that does not name the partner would be everybody's.
      if (!right.name.startsWith('p.<oin>.')) bad(`/partner/${index}/on`)
      return { ...right, name: withOin(right.name, oin) }
    }),
  )
}

/** What `infra/kafka/topics.json` says for these partners. A member that does not fit throws `OPS_KAFKA` with its pointer. */
export function declare(json: unknown, options: DeclareOptions): Declaration {
  const root = members(json, '')
  const active = options.partners.filter((one) => !one.suspended)
  const services = serviceRights(root, options.partners)
  const rights = [...services, ...active.flatMap((one) => partnerRights(root, one))]
  const quotas = members(root['quotas'], '/quotas')
  const service = quotaOf(quotas['service'], '/quotas/service')
  const partner = quotaOf(quotas['partner'], '/quotas/partner')
  const ours = [...new Set(services.map((right) => right.principal))]
  return {
    topics: topicsOf(root, options),
    rights,
    quotas: [
      ...[...ABOVE, ...ours].map((principal) => ({ principal, ...service })),
      ...options.partners.map(({ oin }) => ({ principal: partnerPrincipal(oin), ...partner })),
      { principal: undefined, ...quotaOf(quotas['anybody'], '/quotas/anybody') },
    ],
    principals: [...new Set(rights.map((right) => right.principal))],
    barred: options.partners.filter((one) => one.suspended).map(({ oin }) => partnerPrincipal(oin)),
  }
}

/** Partner files → who speaks Kafka: an endpoint with delivery `kafka`; one with a carrier uses the topics of the carrier. */
export function kafkaPartners(files: readonly unknown[]): readonly KafkaPartner[] {
  const all = files.map((file) => members(file, '/partner'))
  const oins = new Map(all.map((one) => [one['id'], one]))
  const speaking = all.flatMap((one) => {
    const endpoints = Object.values(members(one['endpoints'], '/partner/endpoints'))
    const kafka = endpoints.some((end) => {
      const delivery = members(end, '/partner/endpoints')['delivery']
      return members(delivery, '/partner/endpoints/delivery')['kind'] === 'kafka'
    })
    return kafka ? [one['via'] ? (oins.get(one['via']) ?? bad('/partner/via')) : one] : []
  })
  return [...new Set(speaking)].map((one) => ({
    oin: parseOin(one['oin'], '/partner/oin'),
    suspended: one['suspended'] === true,
  }))
}

export async function readDeclaration(path: string, options: DeclareOptions): Promise<Declaration> {
  const bytes = await readFile(path, 'utf8')
  return declare(JSON.parse(bytes), options)
}

import { Failure, fail } from '#core/failure.ts'

/**
 * What `schakel kafka apply` and `schakel doctor` ask of a cluster. The shape is that of kafkajs' admin client, so that
 * `client.ts`, which alone knows kafkajs, gives one without a layer between. Numbers as in the Kafka protocol.
 */
export const RESOURCE = { topic: 2, group: 3, transactional: 5 } as const
export const OPERATION = { READ: 3, WRITE: 4 } as const
export const PATTERN = { literal: 3, prefixed: 4 } as const
export const ALLOW = 3
const CONFIG_OF_TOPIC = 2
/** A config that was set on the topic itself. */
export const SET_ON_TOPIC = 1
/** In a filter: whatever it is. */
export const ANY = 1

export interface AclEntry {
  readonly resourceType: number
  readonly resourceName: string
  readonly resourcePatternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}

export interface AclFilter {
  readonly resourceType: number
  readonly resourceName?: string
  readonly resourcePatternType: number
  readonly principal?: string
  readonly host?: string
  readonly operation: number
  readonly permissionType: number
}

export interface TopicFound {
  readonly name: string
  readonly partitions: readonly {
    readonly partitionId: number
    readonly leader: number
    readonly replicas: readonly number[]
    readonly isr: readonly number[]
  }[]
}

export interface ConfigFound {
  readonly configName: string
  readonly configValue: string
  readonly configSource?: number
}

interface TopicOrder {
  topic: string
  numPartitions: number
  replicationFactor: number
  configEntries: { name: string; value: string }[]
}

/** A subset of kafkajs' Admin; its enums are numbers here. */
export interface ClusterAdmin {
  describeCluster(): Promise<{ readonly brokers: readonly unknown[] }>
  listTopics(): Promise<readonly string[]>
  fetchTopicOffsets(topic: string): Promise<readonly { readonly partition: number; readonly high: string }[]>
  fetchTopicMetadata(options: { topics: string[] }): Promise<{ readonly topics: readonly TopicFound[] }>
  createTopics(options: { waitForLeaders: boolean; topics: TopicOrder[] }): Promise<boolean>
  describeConfigs(options: {
    includeSynonyms: boolean
    resources: { type: number; name: string }[]
  }): Promise<{
    readonly resources: readonly {
      readonly resourceName: string
      readonly configEntries: readonly ConfigFound[]
    }[]
  }>
  alterConfigs(options: {
    validateOnly: boolean
    resources: { type: number; name: string; configEntries: { name: string; value: string }[] }[]
  }): Promise<unknown>
  createAcls(options: { acl: AclEntry[] }): Promise<boolean>
  deleteAcls(options: { filters: AclFilter[] }): Promise<unknown>
  describeAcls(options: AclFilter): Promise<{
    readonly resources: readonly {
      readonly resourceType: number
      readonly resourceName: string
      readonly resourcePatternType: number
      readonly acls: readonly {
        readonly principal: string
        readonly host: string
        readonly operation: number
        readonly permissionType: number
      }[]
    }[]
  }>
}

/** Configs of these topics, by topic and name. */
export async function topicConfigs(
  admin: ClusterAdmin,
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly ConfigFound[]>> {
  if (topics.length === 0) return new Map()
  const resources = topics.map((name) => ({ type: CONFIG_OF_TOPIC, name }))
  const found = await admin.describeConfigs({ includeSynonyms: false, resources })
  return new Map(found.resources.map((one) => [one.resourceName, one.configEntries]))
}

export async function setTopicConfig(
  admin: ClusterAdmin,
  topic: string,
  config: Readonly<Record<string, string>>,
): Promise<void> {
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }))
  await admin.alterConfigs({
    validateOnly: false,
    resources: [{ type: CONFIG_OF_TOPIC, name: topic, configEntries }],
  })
}

/** Whatever the client throws becomes `OPS_KAFKA` with the name of the broker's error: `TOPIC_AUTHORIZATION_FAILED`. */
export async function orKafka<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Failure) throw error
    const { type, name } = error as { readonly type?: unknown; readonly name?: unknown }
    return fail('OPS_KAFKA', undefined, typeof type === 'string' ? type : String(name))
  }
}

/** What we use of kafkajs' inside (`src/cluster`, `src/broker`), by shape, so that no other file knows kafkajs. Numbers as in the protocol. */
import type { AbortedRange, MaybeAborted } from './without-aborted.ts'

export type HeaderBytes = Buffer | null

export interface FetchedMessage extends MaybeAborted {
  readonly timestamp: string
  readonly value: Buffer | null
  /** A repeated key comes as an array of its values. */
  readonly headers: Readonly<Record<string, HeaderBytes | readonly HeaderBytes[]>>
  readonly batchContext: MaybeAborted['batchContext'] & { readonly timestampType: number }
}

export interface FetchedPartition {
  readonly partition: number
  readonly errorCode: number
  readonly highWatermark: string
  readonly lastStableOffset: string
  /** The first offset that is still there. */
  readonly lastStartOffset?: string
  readonly abortedTransactions?: readonly AbortedRange[] | null
  /** Of whole batches: the first ones may lie before the offset asked for. */
  readonly messages: readonly FetchedMessage[]
}

export interface OutgoingMessage {
  readonly key: Buffer | null
  readonly value: Buffer
  readonly headers: Readonly<Record<string, Buffer>>
}

export interface ByTopic<T> {
  topic: string
  partitions: T[]
}

export const LOG_APPEND_TIME = 1
export const LATEST = -1
export const EARLIEST = -2
export const READ_UNCOMMITTED = 0
export const READ_COMMITTED = 1
export const ALL_REPLICAS = -1

export interface KafkaBroker {
  readonly nodeId: number
  readonly connectionPool: {
    /** Two each: 0 for everything but FETCH, 1 for FETCH. */
    readonly pool: readonly { isConnected(): boolean; connect(): Promise<unknown> }[]
  }
  produce(order: {
    acks: number
    timeout: number
    topicData: ByTopic<{ partition: number; messages: readonly OutgoingMessage[] }>[]
  }): Promise<{
    readonly topics: readonly {
      readonly partitions: readonly { readonly baseOffset: string; readonly logAppendTime: string }[]
    }[]
  }>
  fetch(order: {
    replicaId: number
    isolationLevel: number
    maxWaitTime: number
    minBytes: number
    maxBytes: number
    topics: ByTopic<{
      partition: number
      currentLeaderEpoch: number
      fetchOffset: string
      maxBytes: number
    }>[]
  }): Promise<{
    readonly responses: readonly {
      readonly topicName: string
      readonly partitions: readonly FetchedPartition[]
    }[]
  }>
  listOffsets(order: {
    replicaId: number
    isolationLevel: number
    topics: ByTopic<{ partition: number; timestamp: number }>[]
  }): Promise<{
    readonly responses: readonly {
      readonly topic: string
      readonly partitions: readonly { readonly partition: number; readonly offset: string }[]
    }[]
  }>
  offsetCommit(order: {
    groupId: string
    groupGenerationId: number
    memberId: string
    retentionTime: number
    topics: ByTopic<{ partition: number; offset: string; metadata: string }>[]
  }): Promise<unknown>
  offsetFetch(order: { groupId: string; topics: ByTopic<{ partition: number }>[] }): Promise<{
    readonly responses: readonly {
      readonly partitions: readonly { readonly offset: string; readonly metadata: string | null }[]
    }[]
  }>
  joinGroup(order: {
    groupId: string
    memberId: string
    sessionTimeout: number
    rebalanceTimeout: number
    protocolType: string
    groupProtocols: { name: string; metadata: Buffer }[]
  }): Promise<{
    readonly generationId: number
    readonly leaderId: string
    readonly memberId: string
    readonly members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]
  }>
  syncGroup(order: {
    groupId: string
    generationId: number
    memberId: string
    groupAssignment: { memberId: string; memberAssignment: Buffer }[]
  }): Promise<{ readonly memberAssignment: Buffer }>
  heartbeat(order: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>
  leaveGroup(order: { groupId: string; memberId: string }): Promise<unknown>
}

export interface KafkaCluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  addTargetTopic(topic: string): Promise<void>
  addMultipleTargetTopics(topics: string[]): Promise<void>
  refreshMetadata(): Promise<void>
  /** Leader's node id → partitions; a partition the cluster does not know is left out. Throws for one without a leader. */
  findLeaderForPartitions(topic: string, partitions: number[]): Readonly<Record<string, readonly number[]>>
  findTopicPartitionMetadata(
    topic: string,
  ): readonly { readonly partitionId: number; readonly leader: number }[]
  findBroker(order: { nodeId: string | number }): Promise<KafkaBroker>
  findGroupCoordinator(order: { groupId: string }): Promise<KafkaBroker>
}

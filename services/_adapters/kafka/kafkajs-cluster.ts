/** The part of kafkajs 2.2.4's inside that partner topics use: its cluster and the single requests of its broker. Types only. */
import type { AbortedRange, MaybeAborted } from './without-aborted.ts'

export type HeaderValue = Uint8Array | null | undefined

export interface RawRecord extends MaybeAborted {
  readonly headers: Readonly<Record<string, HeaderValue | readonly HeaderValue[]>>
  readonly value: Uint8Array | null
}

export type AbortedTransaction = AbortedRange

interface Responses<T> {
  readonly responses: readonly { readonly topicName: string; readonly partitions: readonly T[] }[]
}

interface Topics<T> {
  readonly topics: readonly { readonly topic: string; readonly partitions: readonly T[] }[]
}

interface FetchOrder {
  readonly partition: number
  readonly currentLeaderEpoch: number
  readonly fetchOffset: string
  readonly maxBytes: number
}

interface FetchLimits {
  readonly replicaId: number
  readonly isolationLevel: number
  readonly maxWaitTime: number
  readonly minBytes: number
  readonly maxBytes: number
}

export interface FetchedPartition {
  readonly abortedTransactions: readonly AbortedTransaction[]
  readonly messages: readonly RawRecord[]
}

export interface ProduceMessage {
  readonly key: Uint8Array
  readonly value: Uint8Array
  readonly headers: Readonly<Record<string, string>>
  readonly timestamp: string
}

/** Requests of one broker; an error code in the answer is thrown as an error with `type`. */
export interface Broker {
  fetch(request: FetchLimits & Topics<FetchOrder>): Promise<Responses<FetchedPartition>>
  listOffsets(
    request: Pick<FetchLimits, 'replicaId' | 'isolationLevel'> &
      Topics<{ readonly partition: number; readonly timestamp: string }>,
  ): Promise<Responses<{ readonly offset: string }>>
  produce(request: {
    readonly acks: -1
    readonly timeout: number
    readonly topicData: Topics<{
      readonly partition: number
      readonly messages: readonly ProduceMessage[]
    }>['topics']
  }): Promise<{
    readonly topics: readonly { readonly partitions: readonly { readonly baseOffset: string }[] }[]
  }>
  offsetCommit(
    request: {
      readonly groupId: string
      readonly groupGenerationId: number
      readonly memberId: string
      readonly retentionTime: number
    } & Topics<{ readonly partition: number; readonly offset: string; readonly metadata: string }>,
  ): Promise<unknown>
  offsetFetch(
    request: { readonly groupId: string } & Topics<{ readonly partition: number }>,
  ): Promise<Responses<{ readonly offset: string; readonly metadata: string | null }>>
}

export interface Cluster {
  connect(): Promise<void>
  disconnect(): Promise<void>
  /** Reads metadata when the topic is new to it; throws when it is unknown or not ours to see. */
  addTargetTopic(topic: string): Promise<void>
  /** node id → partitions it leads. */
  findLeaderForPartitions(
    topic: string,
    partitions: readonly number[],
  ): Readonly<Record<string, readonly number[]>>
  findBroker(options: { readonly nodeId: string }): Promise<Broker>
  findGroupCoordinator(options: { readonly groupId: string }): Promise<Broker>
}

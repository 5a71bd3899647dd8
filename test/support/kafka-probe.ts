/**
 * What a broker answers to one request, as its error code: no client library between, so that a refusal is the broker's own.
 * Codes: https://kafka.apache.org/protocol#protocol_error_codes.
 */
import { ask, type WireTarget } from '#adapters/kafka/wire.ts'
import { WireReader, WireWriter } from '#adapters/kafka/wire-bytes.ts'

export const TOPIC_REFUSED = 29
export const GROUP_REFUSED = 30
export const CLUSTER_REFUSED = 31
export const TRANSACTION_REFUSED = 53
export const NONE = 0

const POLYNOMIAL = 0x82f63b78

function crc32c(bytes: Buffer): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

/** A record batch (magic 2) with one record without key and headers. */
function batchOf(value: string): Buffer {
  const body = Buffer.from(value)
  const zigzag = (number: number) =>
    new WireWriter().varint(number >= 0 ? number * 2 : -number * 2 - 1).done()
  const inner = Buffer.concat([Buffer.of(0, 0, 0), zigzag(-1), zigzag(body.length), body, Buffer.of(0)])
  const record = Buffer.concat([zigzag(inner.length), inner])
  const after = Buffer.alloc(40)
  after.writeBigInt64BE(BigInt(Date.now()), 6)
  after.writeBigInt64BE(BigInt(Date.now()), 14)
  after.writeBigInt64BE(-1n, 22)
  after.writeInt16BE(-1, 30)
  after.writeInt32BE(-1, 32)
  after.writeInt32BE(1, 36)
  const checked = Buffer.concat([after, record])
  const head = Buffer.alloc(21)
  head.writeInt32BE(checked.length + 9, 8)
  head.writeInt8(2, 16)
  head.writeUInt32BE(crc32c(checked), 17)
  return Buffer.concat([head, checked])
}

async function send(
  target: WireTarget,
  apiKey: number,
  apiVersion: number,
  body: Buffer,
): Promise<WireReader> {
  return new WireReader(await ask(target, { apiKey, apiVersion, flexible: false, body }))
}

/** Produce v3, acks all, one record to partition 0. */
export async function write(target: WireTarget, topic: string, timeoutMs = 5_000): Promise<number> {
  const batch = batchOf('probe')
  const records = new WireWriter().int32(1).text(topic).int32(1).int32(0).int32(batch.length).done()
  const head = new WireWriter().text(undefined).int16(-1).int32(timeoutMs).done()
  const body = Buffer.concat([head, records, batch])
  const answer = await send(target, 0, 3, body)
  answer.int32()
  answer.text()
  answer.int32()
  answer.int32()
  return answer.int16()
}

/** Fetch v4 from offset 0 of partition 0, without waiting. */
export async function read(target: WireTarget, topic: string): Promise<number> {
  const body = new WireWriter().int32(-1).int32(0).int32(0).int32(1_000).int8(0)
  body.int32(1).text(topic).int32(1).int32(0).int32(0).int32(0).int32(1_000)
  const answer = await send(target, 1, 4, body.done())
  answer.int32()
  answer.int32()
  answer.text()
  answer.int32()
  answer.int32()
  return answer.int16()
}

/** ListOffsets v1 of partition 0: what DESCRIBE allows. */
export async function describe(target: WireTarget, topic: string): Promise<number> {
  const body = new WireWriter().int32(-1).int32(1).text(topic).int32(1).int32(0).int32(-1).int32(-1)
  const answer = await send(target, 2, 1, body.done())
  answer.int32()
  answer.text()
  answer.int32()
  answer.int32()
  return answer.int16()
}

/** Metadata v1 of all topics: the names that this one may know, and no internal ones. */
export async function listTopics(target: WireTarget): Promise<readonly string[]> {
  const answer = await send(target, 3, 1, new WireWriter().int32(-1).done())
  answer.array(() => [answer.int32(), answer.text(), answer.int32(), answer.text()])
  answer.int32()
  const topics = answer.array(() => {
    answer.int16()
    const name = answer.text() ?? ''
    answer.int8()
    answer.array(() => {
      answer.int16()
      answer.int32()
      answer.int32()
      answer.array(() => answer.int32())
      return answer.array(() => answer.int32())
    })
    return name
  })
  return topics.filter((name) => !name.startsWith('__')).sort()
}

/** OffsetFetch v2: what DESCRIBE of a group allows. */
export async function describeGroup(target: WireTarget, group: string): Promise<number> {
  const body = new WireWriter().text(group).int32(0)
  const answer = await send(target, 9, 2, body.done())
  answer.array(() => 0)
  return answer.int16()
}

/** OffsetCommit v2 of partition 0 of a topic: READ of the group, then of the topic. */
export async function commitOffset(target: WireTarget, group: string, topic: string): Promise<number> {
  const none = new WireWriter().int32(-1).int32(-1).done()
  const head = new WireWriter().text(group).int32(-1).text('').done()
  const tail = new WireWriter().int32(1).text(topic).int32(1).int32(0).int32(0).int32(0).text('').done()
  const answer = await send(target, 8, 2, Buffer.concat([head, none, tail]))
  answer.int32()
  answer.text()
  answer.int32()
  answer.int32()
  return answer.int16()
}

/** InitProducerId v0: what a transactional producer begins with. */
export async function beginTransactions(target: WireTarget, id: string): Promise<number> {
  const answer = await send(target, 22, 0, new WireWriter().text(id).int32(10_000).done())
  answer.int32()
  return answer.int16()
}

/** CreateTopics v2, validated only. */
export async function createTopic(target: WireTarget, topic: string): Promise<number> {
  const body = new WireWriter()
    .int32(1)
    .text(topic)
    .int32(1)
    .int16(1)
    .int32(0)
    .int32(0)
    .int32(5_000)
    .bool(true)
  const answer = await send(target, 19, 2, body.done())
  answer.int32()
  answer.int32()
  answer.text()
  return answer.int16()
}

/** DeleteTopics v1. */
export async function deleteTopic(target: WireTarget, topic: string): Promise<number> {
  const answer = await send(target, 20, 1, new WireWriter().int32(1).text(topic).int32(5_000).done())
  answer.int32()
  answer.int32()
  answer.text()
  return answer.int16()
}

/** AlterConfigs v0 of a topic, validated only. */
export async function alterConfig(target: WireTarget, topic: string): Promise<number> {
  const body = new WireWriter()
    .int32(1)
    .int8(2)
    .text(topic)
    .int32(1)
    .text('retention.ms')
    .text('1')
    .bool(true)
  const answer = await send(target, 33, 0, body.done())
  answer.int32()
  answer.int32()
  return answer.int16()
}

/** DescribeAcls v1, all of them. */
export async function describeAcls(target: WireTarget): Promise<number> {
  const body = new WireWriter()
    .int8(1)
    .text(undefined)
    .int8(1)
    .text(undefined)
    .text(undefined)
    .int8(1)
    .int8(1)
  const answer = await send(target, 29, 1, body.done())
  answer.int32()
  return answer.int16()
}

/** ListGroups v0: the names that this one may know. */
export async function listGroups(target: WireTarget): Promise<readonly string[]> {
  const answer = await send(target, 16, 0, Buffer.alloc(0))
  answer.int16()
  const groups = answer.array(() => {
    const name = answer.text() ?? ''
    answer.text()
    return name
  })
  return [...groups].sort()
}

/** Records of the log in Avro, in Confluent wire format; their header `schema-sha256` says which schema they are in. */
import { Failure, fail } from '#core/failure.ts'
import type { ControlRecord, Cut, Inbound, Outcome } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import type { LogEntry } from '#core/ports/event-log.ts'
import type { RegisteredSchema } from '#core/ports/schema-registry.ts'
import { EARLIER_RECORD_SCHEMAS, RECORD_SCHEMAS } from '#schemas/generated/record-schemas.ts'
import { planOf } from './avro-plan.ts'
import { avroReader } from './avro-read.ts'
import { avroWriter } from './avro-write.ts'
import { openWire, WIRE_HEADER_BYTES, writeWireHeader } from './wire.ts'

export const SCHEMA_HEADER = 'schema-sha256'

/** Names under which the registry knows the schemas of records. */
export const RECORD_SCHEMA_NAMES = {
  inbound: 'nl.schakel.record.inbound.v1',
  outcome: 'nl.schakel.record.outcome.v2',
  control: 'nl.schakel.record.control.v1',
  cut: 'nl.schakel.record.cut.v1',
} as const

const DIGEST = /^[A-Za-z0-9_-]{43}$/

interface Codec<T> {
  encode(record: T, schema: RegisteredSchema): LogEntry
  decode(entry: LogEntry): T
}

interface SchemaText {
  readonly text: string
  readonly sha256: string
}

/** Writes `source` only; reads `earlier` too, by its own plan, and `added` is what its records say of the members that came later. */
function codec<T>(source: SchemaText, earlier: readonly SchemaText[] = [], added: Partial<T> = {}): Codec<T> {
  const plan = planOf(source.text)
  const write = avroWriter(plan, WIRE_HEADER_BYTES)
  const readers = new Map([[source.sha256, avroReader(plan)]])
  for (const one of earlier) {
    const read = avroReader(planOf(one.text))
    readers.set(one.sha256, (body) => ({ ...(read(body) as T), ...added }))
  }
  return {
    encode(record, schema) {
      if (schema.sha256 !== source.sha256) fail('OPS_REGISTRY')
      const value = write(record)
      if (value.byteLength > LIMITS.outcomeBytesMax) fail('BUG_INVARIANT')
      writeWireHeader(value, schema.id)
      return { headers: { [SCHEMA_HEADER]: source.sha256 }, value }
    },
    decode({ headers, value }) {
      const sha256 = headers[SCHEMA_HEADER]
      if (sha256 === undefined || !DIGEST.test(sha256)) fail('OPS_LOG')
      // Not void: a record this build cannot read may be valid, and skipping it would fork the chain.
      const read = readers.get(sha256) ?? fail('OPS_REGISTRY')
      if (value.byteLength > LIMITS.outcomeBytesMax) fail('OPS_LOG')
      return read(openWire(value).body) as T
    },
  }
}

function attempt<T>(decode: (entry: LogEntry) => T, entry: LogEntry): T | undefined {
  try {
    return decode(entry)
  } catch (error) {
    if (error instanceof Failure && error.code === 'OPS_LOG') return undefined
    throw error
  }
}

const earlierOutcomes = EARLIER_RECORD_SCHEMAS.filter(({ name }) => name.includes('.outcome.'))
const outcomes = codec<Outcome>(RECORD_SCHEMAS.outcome, earlierOutcomes, { duties: [] })
const inbounds = codec<Inbound>(RECORD_SCHEMAS.inbound)
const controls = codec<ControlRecord>(RECORD_SCHEMAS.control)
const cuts = codec<Cut>(RECORD_SCHEMAS.cut)

/**
 * `schema`: the registry's answer to `RECORD_SCHEMA_NAMES`; another schema than this build's throws `OPS_REGISTRY`. A record
 * that does not fit, or is larger than `LIMITS.outcomeBytesMax`, is a bug: `BUG_INVARIANT` with the member as pointer.
 */
export const encodeOutcome = outcomes.encode
export const encodeInbound = inbounds.encode
export const encodeControlRecord = controls.encode
export const encodeCut = cuts.encode

/**
 * The record, if the bytes are exactly what the writer makes of it: anything else throws `OPS_LOG`. The wire's id is
 * transport only and not looked at. A well-formed `schema-sha256` that this build does not know throws `OPS_REGISTRY`.
 */
export const decodeOutcome = outcomes.decode
export const decodeInbound = inbounds.decode
export const decodeControlRecord = controls.decode
export const decodeCut = cuts.decode

/** As `decode…`, but undefined instead of `OPS_LOG`: such a record is void to the reader. `OPS_REGISTRY` still stops it. */
export const tryDecodeOutcome = (entry: LogEntry): Outcome | undefined => attempt(decodeOutcome, entry)
export const tryDecodeInbound = (entry: LogEntry): Inbound | undefined => attempt(decodeInbound, entry)
export const tryDecodeControlRecord = (entry: LogEntry): ControlRecord | undefined =>
  attempt(decodeControlRecord, entry)
export const tryDecodeCut = (entry: LogEntry): Cut | undefined => attempt(decodeCut, entry)

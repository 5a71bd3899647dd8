import type { LogEntry } from '#core/ports/event-log.ts'
import type { RegisteredSchema, SchemaRegistry } from '#core/ports/schema-registry.ts'
import type { RecordCodec, RecordCodecs } from './codec.ts'
import {
  encodeControlRecord,
  encodeCut,
  encodeInbound,
  encodeOutcome,
  RECORD_SCHEMA_NAMES,
  tryDecodeControlRecord,
  tryDecodeCut,
  tryDecodeInbound,
  tryDecodeOutcome,
} from './record-codec.ts'

function bind<T>(
  schema: RegisteredSchema,
  encode: (record: T, schema: RegisteredSchema) => LogEntry,
  decode: (entry: LogEntry) => T | undefined,
): RecordCodec<T> {
  return { encode: (record) => encode(record, schema), decode }
}

/** Codecs of all records of the log under the schemas that this registry publishes; `OPS_REGISTRY` when one is missing or another. */
export async function loadCodecs(registry: SchemaRegistry): Promise<RecordCodecs> {
  const [inbound, outcome, control, cut] = await Promise.all([
    registry.byName(RECORD_SCHEMA_NAMES.inbound),
    registry.byName(RECORD_SCHEMA_NAMES.outcome),
    registry.byName(RECORD_SCHEMA_NAMES.control),
    registry.byName(RECORD_SCHEMA_NAMES.cut),
  ])
  return {
    inbound: bind(inbound, encodeInbound, tryDecodeInbound),
    outcome: bind(outcome, encodeOutcome, tryDecodeOutcome),
    control: bind(control, encodeControlRecord, tryDecodeControlRecord),
    cut: bind(cut, encodeCut, tryDecodeCut),
  }
}

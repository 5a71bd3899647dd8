/** Avro binary writer for records of the log: the one canonical form that `avro-read.ts` takes back. */
import { fail } from '#core/failure.ts'
import type { AvroPlan } from './avro-plan.ts'

/** Half of the safe integers: the zigzag form of a long must be safe too. */
const LONG_MAX = 2 ** 52 - 1
const INT_MAX = 2 ** 31 - 1
const FIRST_BYTES = 4096
const VARINT_BYTES = 8

interface Sink {
  bytes: Buffer
  at: number
}

type Write = (sink: Sink, value: unknown) => void

/**
 * A function from value to bytes, with `prefixBytes` left free in front. A value that does not fit the schema is a bug of
 * ours: `BUG_INVARIANT` with the member's name as pointer; members the schema does not have are refused as well.
 */
export function avroWriter(plan: AvroPlan, prefixBytes: number): (value: unknown) => Buffer {
  const write = compile(plan, '')
  return (value) => {
    const sink = { bytes: Buffer.allocUnsafe(FIRST_BYTES), at: prefixBytes }
    write(sink, value)
    return sink.bytes.subarray(0, sink.at)
  }
}

function compile(plan: AvroPlan, path: string): Write {
  switch (plan.kind) {
    case 'null':
      return (_sink, value) => (value === null ? undefined : wrong(path))
    case 'boolean':
      return (sink, value) => {
        if (typeof value !== 'boolean') wrong(path)
        reserve(sink, 1)
        sink.bytes[sink.at++] = value ? 1 : 0
      }
    case 'int':
      return (sink, value) => writeLong(sink, whole(value, INT_MAX, path))
    case 'long':
      return (sink, value) => writeLong(sink, whole(value, LONG_MAX, path))
    case 'string':
      return (sink, value) => writeString(sink, value, path)
    case 'bytes':
      return (sink, value) => {
        const bytes = bytesOf(value, path)
        writeLong(sink, bytes.byteLength)
        put(sink, bytes)
      }
    case 'fixed':
      return (sink, value) => {
        const bytes = bytesOf(value, path)
        if (bytes.byteLength !== plan.size) wrong(path)
        put(sink, bytes)
      }
    case 'enum': {
      const places = new Map<unknown, number>(plan.symbols.map((symbol, index) => [symbol, index]))
      return (sink, value) => writeLong(sink, places.get(value) ?? wrong(path))
    }
    case 'array':
      return arrayWriter(compile(plan.items, path), path)
    case 'map':
      return mapWriter(compile(plan.values, path), path)
    case 'union':
      return unionWriter(plan, path)
    case 'record':
      return recordWriter(plan, path)
  }
}

function recordWriter(plan: Extract<AvroPlan, { kind: 'record' }>, path: string): Write {
  const fields = plan.fields.map((field) => ({
    name: field.name,
    write: compile(field.plan, `${path}/${field.name}`),
  }))
  const members = fields.length + (plan.tag === null ? 0 : 1)
  return (sink, value) => {
    if (!isObject(value) || Object.keys(value).length !== members) wrong(path)
    for (const field of fields) field.write(sink, value[field.name])
  }
}

/** null or the one other branch, else the record that the member `kind` names. */
function unionWriter(plan: Extract<AvroPlan, { kind: 'union' }>, path: string): Write {
  const branches = plan.branches.map((branch) => compile(branch, path))
  const absent = plan.branches.findIndex((branch) => branch.kind === 'null')
  const tags = new Map<unknown, number>()
  plan.branches.forEach((branch, index) => {
    if (branch.kind === 'record' && branch.tag !== null) tags.set(branch.tag, index)
  })
  const only = plan.branches.length === 2 && absent >= 0 ? 1 - absent : undefined
  return (sink, value) => {
    const index = value === null ? absent : (only ?? (isObject(value) ? tags.get(value['kind']) : undefined))
    const write = index === undefined ? undefined : branches[index]
    if (index === undefined || !write) return wrong(path)
    writeLong(sink, index)
    write(sink, value)
  }
}

function arrayWriter(item: Write, path: string): Write {
  return (sink, value) => {
    if (!Array.isArray(value)) return wrong(path)
    if (value.length > 0) writeLong(sink, value.length)
    for (const element of value) item(sink, element)
    writeLong(sink, 0)
  }
}

function mapWriter(item: Write, path: string): Write {
  return (sink, value) => {
    if (!isObject(value)) wrong(path)
    const keys = Object.keys(value).sort()
    if (keys.length > 0) writeLong(sink, keys.length)
    for (const key of keys) {
      writeString(sink, key, path)
      item(sink, value[key])
    }
    writeLong(sink, 0)
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function wrong(path: string): never {
  return fail('BUG_INVARIANT', path)
}

function whole(value: unknown, max: number, path: string): number {
  if (!Number.isInteger(value) || Math.abs(value as number) > max) wrong(path)
  return value as number
}

function bytesOf(value: unknown, path: string): Uint8Array {
  return value instanceof Uint8Array ? value : wrong(path)
}

function writeLong(sink: Sink, value: number): void {
  reserve(sink, VARINT_BYTES)
  let raw = value >= 0 ? value * 2 : -value * 2 - 1
  while (raw > 0x7f) {
    sink.bytes[sink.at++] = (raw % 0x80) | 0x80
    raw = Math.floor(raw / 0x80)
  }
  sink.bytes[sink.at++] = raw
}

function writeString(sink: Sink, value: unknown, path: string): void {
  if (typeof value !== 'string' || !value.isWellFormed()) wrong(path)
  const length = Buffer.byteLength(value)
  writeLong(sink, length)
  reserve(sink, length)
  sink.bytes.write(value, sink.at)
  sink.at += length
}

function put(sink: Sink, bytes: Uint8Array): void {
  reserve(sink, bytes.byteLength)
  sink.bytes.set(bytes, sink.at)
  sink.at += bytes.byteLength
}

function reserve(sink: Sink, count: number): void {
  if (sink.at + count <= sink.bytes.length) return
  const wider = Buffer.allocUnsafe(Math.max(sink.bytes.length * 2, sink.at + count))
  sink.bytes.copy(wider, 0, 0, sink.at)
  sink.bytes = wider
}

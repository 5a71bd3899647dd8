/**
 * Strict Avro binary reader for records of the log. avsc stops on nothing before the end of a value, so a count of 2^50
 * in four bytes keeps it busy for hours, and it repairs bad UTF-8; here every value has exactly one encoding, and anything else
 * is refused where it stands.
 */
import { fail } from '#core/failure.ts'
import type { AvroPlan } from './avro-plan.ts'

interface Cursor {
  readonly bytes: Buffer
  at: number
}

type Read = (cursor: Cursor) => unknown

/** A function from bytes to value; throws `OPS_LOG` unless the bytes are exactly one value in canonical form. */
export function avroReader(plan: AvroPlan): (bytes: Buffer) => unknown {
  const read = compile(plan)
  return (bytes) => {
    const cursor = { bytes, at: 0 }
    const value = read(cursor)
    if (cursor.at !== bytes.length) fail('OPS_LOG')
    return value
  }
}

function compile(plan: AvroPlan): Read {
  switch (plan.kind) {
    case 'null':
      return () => null
    case 'boolean':
      return readBoolean
    case 'int':
      return readInt
    case 'long':
      return readLong
    case 'string':
      return readString
    case 'bytes':
      return (cursor) => take(cursor, readLength(cursor))
    case 'fixed':
      return (cursor) => take(cursor, plan.size)
    case 'enum':
      return (cursor) => plan.symbols[readLong(cursor)] ?? fail('OPS_LOG')
    case 'array':
      return arrayReader(compile(plan.items))
    case 'map':
      return mapReader(compile(plan.values))
    case 'union': {
      const branches = plan.branches.map(compile)
      return (cursor) => (branches[readLong(cursor)] ?? fail('OPS_LOG'))(cursor)
    }
    case 'record':
      return recordReader(plan)
  }
}

function recordReader(plan: Extract<AvroPlan, { kind: 'record' }>): Read {
  const fields = plan.fields.map((field) => ({ name: field.name, read: compile(field.plan) }))
  const tag = plan.tag
  return (cursor) => {
    const value: Record<string, unknown> = {}
    if (tag !== null) value['kind'] = tag
    for (const field of fields) value[field.name] = field.read(cursor)
    return value
  }
}

/** One block with a positive count, then 0: the form our writer makes. */
function arrayReader(item: Read): Read {
  return (cursor) => {
    const values: unknown[] = []
    const count = readCount(cursor)
    for (let index = 0; index < count; index++) values.push(item(cursor))
    if (count > 0 && readLong(cursor) !== 0) fail('OPS_LOG')
    return values
  }
}

function mapReader(item: Read): Read {
  return (cursor) => {
    const values: Record<string, unknown> = Object.create(null)
    let last: string | undefined
    const count = readCount(cursor)
    for (let index = 0; index < count; index++) {
      const key = readString(cursor)
      if (last !== undefined && key <= last) fail('OPS_LOG')
      values[key] = item(cursor)
      last = key
    }
    if (count > 0 && readLong(cursor) !== 0) fail('OPS_LOG')
    return values
  }
}

/** Each of our items takes a byte at least, so a count beyond the rest of the bytes is a lie. */
function readCount(cursor: Cursor): number {
  const count = readLong(cursor)
  if (count < 0 || count > cursor.bytes.length - cursor.at) fail('OPS_LOG')
  return count
}

function readLength(cursor: Cursor): number {
  const length = readLong(cursor)
  if (length < 0) fail('OPS_LOG')
  return length
}

function readBoolean(cursor: Cursor): boolean {
  const byte = cursor.bytes[cursor.at++]
  if (byte !== 0 && byte !== 1) fail('OPS_LOG')
  return byte === 1
}

function readInt(cursor: Cursor): number {
  const value = readLong(cursor)
  if (value !== (value | 0)) fail('OPS_LOG')
  return value
}

/** Zigzag varint in its shortest form, within the safe integers. */
function readLong(cursor: Cursor): number {
  const { bytes } = cursor
  let byte = bytes[cursor.at++] ?? fail('OPS_LOG')
  let raw = byte & 0x7f
  let scale = 0x80
  while (byte & 0x80) {
    byte = bytes[cursor.at++] ?? fail('OPS_LOG')
    raw += (byte & 0x7f) * scale
    if (raw > Number.MAX_SAFE_INTEGER || byte === 0) fail('OPS_LOG')
    scale *= 0x80
  }
  return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2
}

function readString(cursor: Cursor): string {
  const length = readLength(cursor)
  const start = cursor.at
  const end = start + length
  if (end > cursor.bytes.length) fail('OPS_LOG')
  cursor.at = end
  const text = cursor.bytes.toString('utf8', start, end)
  // A repaired byte shows as U+FFFD; only then is the costly comparison needed.
  if (text.includes('\ufffd') && !Buffer.from(text).equals(cursor.bytes.subarray(start, end))) fail('OPS_LOG')
  return text
}

/** A copy: a record must not keep the page alive that it was read from. */
function take(cursor: Cursor, length: number): Uint8Array {
  const start = cursor.at
  const end = start + length
  if (end > cursor.bytes.length) fail('OPS_LOG')
  cursor.at = end
  return new Uint8Array(cursor.bytes.subarray(start, end))
}

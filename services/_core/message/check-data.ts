import avsc from 'avsc'
import type { MessageType } from '#core/decision/epoch.ts'
import { type Json, type Shape, shapeOf } from './message-shape.ts'
import { STRING_FORMATS } from './string-format.ts'

export interface DataFault {
  /** JSON pointer into `data` (RFC 6901). */
  readonly pointer: string
}

type Check = (value: unknown, pointer: string) => string | null

const COMPILED_MAX = 256
const compiled = new Map<string, Check>()

/**
 * Full form of a message's data: every member of the schema present (withheld or absent ones null), no other member, each value in
 * form and length (design §4, Shape). null when it fits, else the first place that does not; never throws on data.
 */
export function checkData(type: MessageType, data: unknown): DataFault | null {
  let check = compiled.get(type.sha256)
  if (!check) {
    check = compile(type)
    if (compiled.size >= COMPILED_MAX) compiled.clear()
    compiled.set(type.sha256, check)
  }
  const pointer = check(data, '')
  return pointer === null ? null : { pointer }
}

/** avsc judges the types, our own walk what Avro cannot say. Both must agree. */
function compile(type: MessageType): Check {
  const schema = JSON.parse(type.text) as Json
  const walk = checkOf(shapeOf(schema))
  const avro = avsc.Type.forSchema(schema as unknown as avsc.Schema, { wrapUnions: 'auto' })
  return (data, pointer) => {
    const fault = walk(data, pointer)
    if (fault !== null) return fault
    let place: string | null = null
    const errorHook = (path: string[]) => {
      place ??= path.map((part) => `/${part}`).join('')
    }
    avro.isValid(data, { noUndeclaredFields: true, errorHook })
    return place
  }
}

function checkOf(shape: Shape): Check {
  switch (shape.kind) {
    case 'boolean':
      return (value, pointer) => (typeof value === 'boolean' ? null : pointer)
    case 'int':
      return (value, pointer) =>
        Number.isInteger(value) && (value as number) === ((value as number) | 0) ? null : pointer
    case 'long':
      return (value, pointer) => (Number.isSafeInteger(value) ? null : pointer)
    case 'enum':
      return (value, pointer) => (typeof value === 'string' && shape.symbols.includes(value) ? null : pointer)
    case 'string':
      return stringCheck(shape)
    case 'array':
      return arrayCheck(checkOf(shape.items), shape.maxItems)
    case 'record':
      return recordCheck(shape)
  }
}

function stringCheck(shape: Extract<Shape, { kind: 'string' }>): Check {
  const format = shape.format === null ? null : STRING_FORMATS[shape.format]
  const pattern = new RegExp(format?.pattern ?? shape.pattern ?? '^$', 'u')
  const { maxLength } = shape
  return (value, pointer) => {
    if (typeof value !== 'string' || !value.isWellFormed()) return pointer
    if (maxLength !== null && isLonger(value, maxLength)) return pointer
    if (!pattern.test(value)) return pointer
    return format && !format.holds(value) ? pointer : null
  }
}

/** Counts code points, as JSON Schema does, only where code units do not decide it. */
function isLonger(value: string, max: number): boolean {
  if (value.length <= max) return false
  if (value.length > 2 * max) return true
  return [...value].length > max
}

function arrayCheck(item: Check, maxItems: number): Check {
  return (value, pointer) => {
    if (!Array.isArray(value) || value.length > maxItems) return pointer
    for (let index = 0; index < value.length; index++) {
      const fault = item(value[index], `${pointer}/${index}`)
      if (fault !== null) return fault
    }
    return null
  }
}

function recordCheck(shape: Extract<Shape, { kind: 'record' }>): Check {
  const fields = shape.fields.map((field) => ({ ...field, check: checkOf(field.shape) }))
  const names = new Set(fields.map((field) => field.name))
  return (value, pointer) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return pointer
    for (const member of Object.keys(value)) if (!names.has(member)) return `${pointer}/${escaped(member)}`
    for (const field of fields) {
      const place = `${pointer}/${field.name}`
      if (!Object.hasOwn(value, field.name)) return place
      const member = (value as Json)[field.name]
      if (member === null && field.nullable) continue
      const fault = field.check(member, place)
      if (fault !== null) return fault
    }
    return null
  }
}

/** RFC 6901. A name that is no member of the schema may be anything the sender likes: it is cut, not repeated whole. */
function escaped(member: string): string {
  return /^[A-Za-z0-9_-]{1,64}$/.test(member) ? member : '?'
}

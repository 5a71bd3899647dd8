import type { FormMember, Shape, TypeForm } from '#sdk/catalogue.ts'
import type { FormBody } from '#web/form-body.ts'
import { fromDutchTime } from './dutch-time.ts'
import { DESK_LIMITS } from './limits.ts'

/** What is wrong with a field. `required`: nothing in it; `form`: not what it should look like; `unsent`: of the whole, nothing was signed; `full`: another row does not fit. */
export type Fault = 'required' | 'form' | 'refused' | 'unsent' | 'full'
/** By JSON pointer into the message (RFC 6901). */
export type Faults = Record<string, Fault>

export interface DataRead {
  /** Full form: what was left empty is null. */
  readonly data: Readonly<Record<string, unknown>>
  /** Names of fields that exist but do not leave. */
  readonly withhold: readonly string[]
}

/** Name of the box that keeps a field back. */
export const withholdName = (field: string): string => `keep:${field}`
/** Name of the hidden field that says how many rows an array has on the page. */
export const rowsName = (pointer: string): string => `rows:${pointer}`

/** How many rows of an array the form shows: at least one, and no more than fit. */
export function rowsOf(pointer: string, shape: Extract<Shape, { kind: 'array' }>, body: FormBody): number {
  const asked = Number(body[rowsName(pointer)] ?? 1)
  const wanted = Number.isInteger(asked) ? asked : 1
  return Math.max(1, Math.min(wanted, shape.maxItems, DESK_LIMITS.rowsMost))
}

/** Arrays of texts and codes are written one a line; of anything else, a row of fields each. */
export const isLines = (shape: Shape): boolean =>
  shape.kind === 'array' && (shape.items.kind === 'string' || shape.items.kind === 'enum')

/** Reads the data of a message from a form whose fields are named by their JSON pointers. Puts what is wrong into `faults`. */
export function readData({ fields }: Pick<TypeForm, 'fields'>, body: FormBody, faults: Faults): DataRead {
  const data: Record<string, unknown> = {}
  const withhold: string[] = []
  for (const field of fields) {
    const kept = field.nullable && body[withholdName(field.name)] === 'yes'
    if (kept) withhold.push(field.name)
    data[field.name] = kept ? null : memberOf(field, `/data/${field.name}`, body, faults)
  }
  return { data, withhold }
}

function memberOf(
  { nullable, shape }: Pick<FormMember, 'nullable' | 'shape'>,
  pointer: string,
  body: FormBody,
  faults: Faults,
): unknown {
  const own: Faults = {}
  const value = readShape(shape, pointer, body, own)
  if (value === undefined && nullable) return null
  Object.assign(faults, own)
  if (value !== undefined) return value
  if (shape.kind === 'array') return []
  if (Object.keys(own).length === 0) faults[pointer] = 'required'
  return null
}

/** undefined = nothing was filled in. */
function readShape(shape: Shape, pointer: string, body: FormBody, faults: Faults): unknown {
  switch (shape.kind) {
    case 'record':
      return recordOf(shape, pointer, body, faults)
    case 'array':
      return arrayOf(shape, pointer, body, faults)
    case 'boolean':
    case 'int':
    case 'long':
    case 'string':
    case 'enum':
      return oneOf(shape, body[pointer] ?? '', pointer, faults)
  }
}

function recordOf(
  shape: Extract<Shape, { kind: 'record' }>,
  pointer: string,
  body: FormBody,
  faults: Faults,
): unknown {
  const own: Faults = {}
  const value: Record<string, unknown> = {}
  for (const field of shape.fields) value[field.name] = memberOf(field, `${pointer}/${field.name}`, body, own)
  const empty = Object.values(value).every((one) => one === null || (Array.isArray(one) && one.length === 0))
  const typed = Object.values(own).some((fault) => fault !== 'required')
  Object.assign(faults, own)
  return empty && !typed ? undefined : value
}

function arrayOf(
  shape: Extract<Shape, { kind: 'array' }>,
  pointer: string,
  body: FormBody,
  faults: Faults,
): unknown {
  const values: unknown[] = []
  if (isLines(shape)) {
    for (const line of (body[pointer] ?? '').split('\n')) {
      const value = oneOf(shape.items, line.trim(), pointer, faults)
      if (value !== undefined) values.push(value)
    }
  } else {
    for (let row = 0; row < rowsOf(pointer, shape, body); row += 1) {
      const own: Faults = {}
      const value = readShape(shape.items, `${pointer}/${row}`, body, own)
      if (value === undefined) continue
      Object.assign(faults, own)
      values.push(value)
    }
  }
  if (values.length > shape.maxItems) faults[pointer] = 'form'
  return values.length === 0 ? undefined : values
}

/** One value as it was typed; '' = nothing. */
function oneOf(shape: Shape, text: string, pointer: string, faults: Faults): unknown {
  if (text === '') return undefined
  const value = parsed(shape, text)
  if (value === undefined) faults[pointer] = 'form'
  return value ?? null
}

function parsed(shape: Shape, text: string): unknown {
  switch (shape.kind) {
    case 'boolean':
      return text === 'yes' ? true : text === 'no' ? false : undefined
    case 'int':
    case 'long':
      return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : undefined
    case 'enum':
      return shape.symbols.includes(text) ? text : undefined
    case 'string':
      return stringOf(shape, text)
    case 'array':
    case 'record':
      return undefined
  }
}

function stringOf(shape: Extract<Shape, { kind: 'string' }>, text: string): string | undefined {
  if (shape.format === 'date-time') return fromDutchTime(text)
  if (shape.maxLength !== null && [...text].length > shape.maxLength) return undefined
  if (shape.pattern !== null && !new RegExp(shape.pattern, 'u').test(text)) return undefined
  return text
}

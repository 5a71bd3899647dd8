import { fail } from '#core/failure.ts'

/** Text that stands in JSON as it is: printable ASCII without quote and backslash. */
const PLAIN = /^[ !#-[\]-~]*$/

function quote(text: string): string {
  if (PLAIN.test(text)) return `"${text}"`
  if (!text.isWellFormed()) fail('MSG_ENCODING', undefined, 'lone surrogate')
  return JSON.stringify(text)
}

/** `Object.prototype` or none: what a JSON parser makes; dates, maps and class instances are no JSON values. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/** `stored`: members that are undefined are absent, as `JSON.stringify` leaves them out; else they are refused. */
function object(value: object, stored: boolean): string {
  if (!isPlain(value)) fail('MSG_ENCODING', undefined, 'not a JSON object')
  let text = ''
  // Without a comparison of one's own, `sort` goes by UTF-16 code units: RFC 8785 §3.2.3.
  for (const name of Object.keys(value).sort()) {
    const item = (value as Readonly<Record<string, unknown>>)[name]
    if (stored && item === undefined) continue
    text += `${text === '' ? '' : ','}${quote(name)}:${write(item, stored)}`
  }
  return `{${text}}`
}

function array(value: readonly unknown[], stored: boolean): string {
  let text = ''
  for (const item of value) text += `${text === '' ? '' : ','}${write(item, stored)}`
  return `[${text}]`
}

function write(value: unknown, stored: boolean): string {
  if (value === null) return 'null'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return array(value, stored)
  if (typeof value === 'object') return object(value, stored)
  return fail('MSG_ENCODING', undefined, `${typeof value} is no JSON value`)
}

/**
 * JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes
 * them. Whatever JSON cannot hold (undefined, NaN, infinities, bigint, functions, lone surrogates, objects that are not
 * plain) throws `MSG_ENCODING`: nothing is dropped in silence. `value` must not contain itself.
 */
export function canonicalize(value: unknown): string {
  return write(value, false)
}

/**
 * The same of a value as it will be read back once stored as JSON, without storing and reading it: members that are undefined
 * are absent. All else that JSON cannot hold is refused here too.
 */
export function canonicalizeStored(value: unknown): string {
  return write(value, true)
}

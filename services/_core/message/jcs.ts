import { fail } from '#core/failure.ts'

function quote(text: string): string {
  if (!text.isWellFormed()) fail('MSG_ENCODING', undefined, 'lone surrogate')
  return JSON.stringify(text)
}

/** `Object.prototype` or none: what a JSON parser makes; dates, maps and class instances are no JSON values. */
function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

function object(value: object): string {
  if (!isPlain(value)) fail('MSG_ENCODING', undefined, 'not a JSON object')
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${entries.map(([name, item]) => `${quote(name)}:${canonicalize(item)}`).join(',')}}`
}

function array(value: readonly unknown[]): string {
  const items: string[] = []
  for (const item of value) items.push(canonicalize(item))
  return `[${items.join(',')}]`
}

/**
 * JSON Canonicalization Scheme (RFC 8785): members sorted by UTF-16 code units, numbers and strings as ECMAScript writes
 * them. Whatever JSON cannot hold (undefined, NaN, infinities, bigint, functions, lone surrogates, objects that are not
 * plain) throws `MSG_ENCODING`: nothing is dropped in silence. `value` must not contain itself.
 */
export function canonicalize(value: unknown): string {
  if (value === null) return 'null'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (Array.isArray(value)) return array(value)
  if (typeof value === 'object') return object(value)
  return fail('MSG_ENCODING', undefined, `${typeof value} is no JSON value`)
}

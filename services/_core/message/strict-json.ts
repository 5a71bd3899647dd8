import { isUtf8 } from 'node:buffer'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'

const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COLON = 0x3a

/**
 * JSON as RFC 8259 and I-JSON (RFC 7493) mean it: valid UTF-8 without BOM, no duplicate member, nothing after the value, at
 * most `LIMITS.jsonDepthMax` deep. Objects have a null prototype. Throws `MSG_ENCODING` or `MSG_DUPLICATE_MEMBER`.
 */
export function parseStrictJson(bytes: Uint8Array, pointer?: string): unknown {
  if (!isUtf8(bytes)) return fail('MSG_ENCODING', pointer)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
  return parseStrictText(text, pointer)
}

export function parseStrictText(text: string, pointer?: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return fail('MSG_ENCODING', pointer)
  }
  // Flat arrays of strings, as most disclosures are, have no members and no depth.
  const isFlat = !text.includes('{') && text.indexOf('[', 1) === -1
  if (!isFlat) scan(text, pointer)
  return bare(value, pointer)
}

/** One pass over text that is known to be JSON: depth, and member names per open object. */
function scan(text: string, pointer: string | undefined): void {
  const names: (Set<string> | undefined)[] = []
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i)
    if (code === QUOTE) {
      const end = endOfString(text, i)
      if (isName(text, end)) addName(names[names.length - 1], text.slice(i, end), pointer)
      i = end - 1
    } else if (code === OPEN_OBJECT || code === OPEN_ARRAY) {
      if (names.length >= LIMITS.jsonDepthMax) fail('MSG_ENCODING', pointer, 'too deep')
      names.push(code === OPEN_OBJECT ? new Set() : undefined)
    } else if (code === CLOSE_OBJECT || code === CLOSE_ARRAY) {
      names.pop()
    }
  }
}

/** Position after the closing quote: the next one before which the number of backslashes is even. */
function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end + 1
}

function isEscaped(text: string, at: number): boolean {
  let slashes = 0
  while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes += 1
  return slashes % 2 === 1
}

function isName(text: string, after: number): boolean {
  let i = after
  while (text.charCodeAt(i) <= 0x20) i += 1
  return text.charCodeAt(i) === COLON
}

function addName(names: Set<string> | undefined, quoted: string, pointer: string | undefined): void {
  const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1)
  if (names?.has(name)) fail('MSG_DUPLICATE_MEMBER', pointer)
  if (!name.isWellFormed()) fail('MSG_ENCODING', pointer)
  names?.add(name)
}

/** Null prototypes throughout; a number too large for a double (`1e400`) is no number here. */
function bare(value: unknown, pointer: string | undefined): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return fail('MSG_ENCODING', pointer)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) {
    for (const item of value) bare(item, pointer)
    return value
  }
  Object.setPrototypeOf(value, null)
  for (const name of Object.keys(value)) bare((value as Record<string, unknown>)[name], pointer)
  return value
}

/** The value as a JSON object; anything else throws `MSG_CLAIM` at `pointer`. */
export function asObject(value: unknown, pointer: string): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail('MSG_CLAIM', pointer)
  return value as Readonly<Record<string, unknown>>
}

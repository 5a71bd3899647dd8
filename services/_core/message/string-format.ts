/** Formats of string members, named in an .avsc by `format`. Each is also a regular expression, so that any JSON Schema validator holds to it. */
export type FormatName = 'text' | 'line' | 'date-time' | 'date'

export interface StringFormat {
  /** Regular expression (ECMA-262, flag u) for the whole value. */
  readonly pattern: string
  /** What the expression cannot say; true when the value holds. */
  readonly holds: (value: string) => boolean
}

/** Controls, and the marks that turn the direction of text: they make a reader see another text than the one signed. */
const HIDDEN = '\\u007F-\\u009F\\u202A-\\u202E\\u2066-\\u2069\\uD800-\\uDFFF'
const always = () => true

/** RFC 3339 in UTC, at most milliseconds, a time that exists (no leap second: JavaScript has none). */
function isTime(value: string): boolean {
  const time = new Date(value)
  return !Number.isNaN(time.getTime()) && time.toISOString().slice(0, 19) === value.slice(0, 19)
}

function isDate(value: string): boolean {
  return isTime(`${value}T00:00:00Z`)
}

export const STRING_FORMATS: Readonly<Record<FormatName, StringFormat>> = {
  text: { pattern: `^[^\\u0000-\\u0008\\u000B-\\u001F${HIDDEN}]+$`, holds: always },
  line: { pattern: `^[^\\u0000-\\u001F\\u2028\\u2029${HIDDEN}]+$`, holds: always },
  'date-time': {
    pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,3})?Z$',
    holds: isTime,
  },
  date: { pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}$', holds: isDate },
}

export function isFormatName(name: unknown): name is FormatName {
  return typeof name === 'string' && Object.hasOwn(STRING_FORMATS, name)
}

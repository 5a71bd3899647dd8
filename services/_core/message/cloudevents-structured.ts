import { fail } from '#core/failure.ts'
import { attributePointer, type CloudEvent, checkAttributes } from './cloudevents.ts'
import { parseStrictJson } from './strict-json.ts'

const JSON_TYPE = /^[^;]*[/+]json\s*(?:;|$)/i
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const INTEGER_MIN = -(2 ** 31)
const INTEGER_MAX = 2 ** 31 - 1

/** Canonical string form of an attribute (CloudEvents 1.0.2, Type System): Boolean, signed 32-bit Integer, String. */
function attributeText(name: string, value: unknown): string {
  if (typeof value === 'string') return value
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isInteger(value) && value >= INTEGER_MIN && value <= INTEGER_MAX)
    return String(value)
  return fail('MSG_CLAIM', attributePointer(name))
}

/** Data of the JSON format §3.1: JSON stays JSON, a string of another content type is its text, `data_base64` is bytes. */
function dataBytes(contentType: string | undefined, data: unknown, base64: unknown): Uint8Array | null {
  if (base64 !== undefined) {
    if (data !== undefined) fail('MSG_CLAIM', '/data_base64')
    if (typeof base64 !== 'string' || !BASE64.test(base64)) return fail('MSG_ENCODING', '/data_base64')
    return Buffer.from(base64, 'base64')
  }
  if (data === undefined) return null
  const isJson = contentType === undefined || JSON_TYPE.test(contentType)
  if (!isJson && typeof data === 'string') return Buffer.from(data, 'utf8')
  return Buffer.from(JSON.stringify(data), 'utf8')
}

/**
 * Reads an event in the JSON format (structured mode). Attributes that are null count as absent, as the format says.
 * Throws `MSG_ENCODING` for what is not strict JSON, `MSG_CLAIM` for attributes.
 */
export function parseStructured(bytes: Uint8Array): CloudEvent {
  const event = parseStrictJson(bytes)
  if (typeof event !== 'object' || event === null || Array.isArray(event)) return fail('MSG_CLAIM', '/')
  const { data, data_base64: base64, ...rest } = event as Record<string, unknown>
  const attributes: Record<string, string> = {}
  for (const [name, value] of Object.entries(rest))
    if (value !== null) attributes[name] = attributeText(name, value)
  checkAttributes(attributes)
  return { attributes, data: dataBytes(attributes['datacontenttype'], data, base64 ?? undefined) }
}

import { fail } from '#core/failure.ts'
import { attributePointer, type CloudEvent, checkAttributes } from './cloudevents.ts'
import { contentMode } from './cloudevents-mode.ts'
import { parseStructured } from './cloudevents-structured.ts'

const PREFIX = 'ce-'
const HEADER_TEXT = /^[\x20-\x7e]*$/
const QUOTED = /^"((?:[^"\\]|\\.)*)"$/
const BAD_ESCAPE = /%(?![0-9A-Fa-f]{2})/

/** Percent-encodes space, `"`, `%` and all outside U+0021…U+007E, as UTF-8 (HTTP binding 1.0.2 §3.1.3.2). */
export function encodeHeader(value: string): string {
  let out = ''
  for (const byte of Buffer.from(value, 'utf8')) {
    const isPlain = byte > 0x20 && byte < 0x7f && byte !== 0x22 && byte !== 0x25
    out += isPlain ? String.fromCharCode(byte) : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return out
}

/** Undoes double quotes (RFC 9110 §5.6.4), then one round of percent-encoding; bytes that are no UTF-8 throw `MSG_ENCODING`. */
export function decodeHeader(raw: string, pointer: string): string {
  const inner = QUOTED.exec(raw)?.[1]?.replace(/\\(.)/g, '$1') ?? raw
  if (!HEADER_TEXT.test(inner) || BAD_ESCAPE.test(inner)) return fail('MSG_ENCODING', pointer)
  const bytes = inner.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  )
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(bytes, 'latin1'))
  } catch {
    return fail('MSG_ENCODING', pointer)
  }
}

export interface HttpMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array | null
}

/** HTTP binary content mode (CloudEvents HTTP binding 1.0.2 §3.1); `datacontenttype` is `content-type`. */
export function toHttp(event: CloudEvent): HttpMessage {
  checkAttributes(event.attributes)
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(event.attributes))
    if (name === 'datacontenttype') headers['content-type'] = value
    else headers[`${PREFIX}${name}`] = encodeHeader(value)
  return { headers, body: event.data }
}

/**
 * Reads an HTTP message in binary or structured mode; header names in lower case, as node:http gives them. Other headers
 * are left out. Throws `MSG_CLAIM`, `MSG_ENCODING` or `MSG_FRAMING`.
 */
export function fromHttp(
  headers: Readonly<Record<string, string | readonly string[] | undefined>>,
  body: Uint8Array | null,
): CloudEvent {
  const contentType = headers['content-type']
  if (contentType !== undefined && typeof contentType !== 'string')
    return fail('MSG_FRAMING', '/content-type')
  if (contentMode(contentType) === 'structured') return parseStructured(body ?? new Uint8Array())
  const attributes: Record<string, string> = {}
  for (const [header, raw] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || raw === undefined) continue
    const name = header.slice(PREFIX.length)
    const pointer = attributePointer(name)
    if (typeof raw !== 'string' || name === 'datacontenttype') return fail('MSG_CLAIM', pointer)
    attributes[name] = decodeHeader(raw, pointer)
  }
  if (contentType !== undefined) attributes['datacontenttype'] = contentType
  checkAttributes(attributes)
  return { attributes, data: body }
}

import { fail } from '#core/failure.ts'
import { attributePointer, type CloudEvent, checkAttributes } from './cloudevents.ts'
import { contentMode } from './cloudevents-mode.ts'
import { parseStructured } from './cloudevents-structured.ts'

const PREFIX = 'ce_'

export interface KafkaMessage {
  readonly headers: Readonly<Record<string, Uint8Array>>
  /** null = no data: a tombstone on a compacted topic. */
  readonly value: Uint8Array | null
}

/**
 * Kafka binary content mode (CloudEvents Kafka binding 1.0.2 §3.2): attributes as `ce_*` headers in UTF-8, without
 * percent-encoding; `datacontenttype` is the header `content-type`; data as it is.
 */
export function toKafka(event: CloudEvent): KafkaMessage {
  checkAttributes(event.attributes)
  const headers: Record<string, Uint8Array> = {}
  for (const [name, value] of Object.entries(event.attributes))
    headers[name === 'datacontenttype' ? 'content-type' : `${PREFIX}${name}`] = Buffer.from(value, 'utf8')
  return { headers, value: event.data }
}

function text(name: string, value: string | Uint8Array): string {
  if (typeof value === 'string') return value
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value)
  } catch {
    return fail('MSG_ENCODING', attributePointer(name.slice(PREFIX.length)))
  }
}

/**
 * Reads a Kafka message in binary or structured mode; headers that are not CloudEvents' are left out.
 * Throws `MSG_CLAIM`, `MSG_ENCODING` or `MSG_FRAMING`.
 */
export function fromKafka(
  headers: Readonly<Record<string, string | Uint8Array | undefined>>,
  value: Uint8Array | null,
): CloudEvent {
  const contentHeader = headers['content-type']
  const contentType = contentHeader === undefined ? undefined : text('ce_datacontenttype', contentHeader)
  if (contentMode(contentType) === 'structured') return parseStructured(value ?? new Uint8Array())
  const attributes: Record<string, string> = {}
  for (const [header, raw] of Object.entries(headers)) {
    if (!header.startsWith(PREFIX) || raw === undefined) continue
    if (header === `${PREFIX}datacontenttype`) fail('MSG_CLAIM', attributePointer('datacontenttype'))
    attributes[header.slice(PREFIX.length)] = text(header, raw)
  }
  if (contentType !== undefined) attributes['datacontenttype'] = contentType
  checkAttributes(attributes)
  return { attributes, data: value }
}

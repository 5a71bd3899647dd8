import type { Epoch } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { attributePointer } from '#core/message/cloudevents.ts'
import { fromKafka } from '#core/message/cloudevents-kafka.ts'
import type { PartnerRecord } from '#core/ports/partner-topics.ts'
import { type OuterAttributes, readAttributes } from './read-attributes.ts'
import { bodyLimitOf, checkFraming } from './read-body.ts'

const JOSE = 'application/jose'

export interface FramedRecord {
  readonly attributes: OuterAttributes
  readonly body: Uint8Array
  /** As it was written, for whoever looks on; part of nothing. */
  readonly traceparent: string | undefined
}

const pointerOf = (name: string): string =>
  name.startsWith('ce_') ? attributePointer(name.slice(3)) : name === 'content-type' ? '/content-type' : '/'

/** Each name once: which of two values a reader takes must not be anybody's choice. */
function headersOf(record: PartnerRecord): Readonly<Record<string, Uint8Array>> {
  if (record.headers.length > LIMITS.partnerHeadersMax) fail('MSG_SIZE', '/')
  const found = new Map<string, Uint8Array>()
  let bytes = 0
  for (const [name, value] of record.headers) {
    bytes += Buffer.byteLength(name) + value.length
    if (bytes > LIMITS.partnerHeaderBytesMax) fail('MSG_SIZE', '/')
    if (found.has(name)) fail('MSG_CLAIM', pointerOf(name))
    found.set(name, value)
  }
  return Object.fromEntries(found)
}

/**
 * A record of `p.<oin>.in` (CloudEvents Kafka binding 1.0.2, binary mode): transport, size and framing, as at the https door and
 * by the same readers. Throws `MSG_CLAIM`, `MSG_ENCODING`, `MSG_FRAMING`, `MSG_SIZE`, with the attribute as pointer.
 */
export function readPartnerRecord(record: PartnerRecord, epoch: Epoch): FramedRecord {
  const headers = headersOf(record)
  const contentType = headers['content-type']
  if (!contentType || Buffer.from(contentType).toString('latin1') !== JOSE)
    fail('MSG_FRAMING', '/content-type')
  const { value } = record
  if (value === null) return fail('MSG_FRAMING', '/')
  const { datacontenttype: _, ...attributes } = fromKafka(headers, value).attributes
  const outer = readAttributes(
    Object.fromEntries(Object.entries(attributes).map(([name, text]) => [`ce-${name}`, text])),
  )
  if (value.length > bodyLimitOf(epoch, outer.type)) fail('MSG_SIZE', '/')
  checkFraming(value)
  return { attributes: outer, body: value, traceparent: attributes['traceparent'] }
}

/** The message id a record names, if it names one: for telling the partner which of its messages was refused. */
export function namedId(record: PartnerRecord): string | undefined {
  const ids = record.headers.filter(([name]) => name === 'ce_id')
  const [id] = ids
  return ids.length === 1 && id ? Buffer.from(id[1]).toString('latin1') : undefined
}

import { fail } from '#core/failure.ts'

const MEDIA_TYPE = /^\s*([^;\s]+)\s*((?:;.*)?)$/
const CHARSET = /;\s*charset\s*=\s*"?([^";\s]+)"?/i

/**
 * Content mode of a message from its content type (Kafka binding §3, HTTP binding §3), case-insensitive. Batches, other
 * event formats than JSON and other charsets than UTF-8 throw `MSG_FRAMING`.
 */
export function contentMode(contentType: string | undefined): 'binary' | 'structured' {
  const match = MEDIA_TYPE.exec(contentType ?? '')
  const media = match?.[1]?.toLowerCase() ?? ''
  if (!media.startsWith('application/cloudevents')) return 'binary'
  if (media !== 'application/cloudevents+json')
    fail('MSG_FRAMING', '/content-type', 'event format not supported')
  const charset = CHARSET.exec(match?.[2] ?? '')?.[1]?.toLowerCase()
  if (charset !== undefined && charset !== 'utf-8')
    fail('MSG_FRAMING', '/content-type', 'charset not supported')
  return 'structured'
}

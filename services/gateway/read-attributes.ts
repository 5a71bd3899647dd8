import type { IncomingHttpHeaders } from 'node:http'
import { fail } from '#core/failure.ts'
import { isCaseRef, isHandoffId, parseEndpointUrn, parseMessageId, parseVct } from '#core/ids.ts'

const TIME =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z$/
const NAMES = ['id', 'source', 'type', 'subject', 'time', 'dataschema', 'specversion'] as const

export interface OuterAttributes {
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly dataschema: string
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[`ce-${name}`]
  if (typeof value !== 'string') return fail('MSG_CLAIM', `/ce-${name}`)
  return value
}

/** Read by who looks on (`observe`), and part of nothing: it is not signed, and passed on it would be a letter to the recipient. */
const LOOKED_AT = 'ce-traceparent'

/**
 * CloudEvents 1.0, HTTP binary mode: exactly the seven attributes, each in its own closed form. That the forms are closed
 * keeps names and numbers of people out of them; whether they are those that were signed, the exchange says.
 */
export function readAttributes(headers: IncomingHttpHeaders): OuterAttributes {
  for (const name of Object.keys(headers))
    if (name.startsWith('ce-') && name !== LOOKED_AT && !(NAMES as readonly string[]).includes(name.slice(3)))
      fail('MSG_CLAIM', `/${name}`)
  if (header(headers, 'specversion') !== '1.0') fail('MSG_CLAIM', '/ce-specversion')
  const id = parseMessageId(header(headers, 'id'), '/ce-id')
  const source = parseEndpointUrn(header(headers, 'source'), '/ce-source')
  const type = parseVct(header(headers, 'type'), '/ce-type')
  const subject = header(headers, 'subject')
  if (!isCaseRef(subject) && !isHandoffId(subject)) parseMessageId(subject, '/ce-subject')
  const time = header(headers, 'time')
  if (!TIME.test(time)) fail('MSG_CLAIM', '/ce-time')
  const dataschema = header(headers, 'dataschema')
  if (dataschema !== `https://schakel.example.nl/schemas/${type}`) fail('MSG_CLAIM', '/ce-dataschema')
  return { id, source, type, subject, time, dataschema }
}

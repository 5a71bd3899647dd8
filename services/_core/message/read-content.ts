/** The places where digests may stand (design §4), and what is disclosed in them. */
import type { Epoch, MessageField, MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { CONTEXT_MEMBERS, type Disclosure, type Terms, type Verified } from './content.ts'
import type { Disclosed } from './disclosed.ts'
import { refuseDigests } from './disclosure.ts'
import { readContext, readTerms, readToExchange } from './read-members.ts'

type Content = Pick<Verified, 'terms' | 'toExchange' | 'context' | 'data' | 'disclosures'>
type Payload = Readonly<Record<string, unknown>>
type Found = Map<string, Disclosure>

/**
 * Every digest has its disclosure, but for nullable data fields named in `withheldBySender`; every disclosure its digest.
 * Throws `MSG_DISCLOSURE`, `MSG_FACTS_STRIPPED`, `MSG_DIGEST_PLACE`, `MSG_RECIPIENTS`, `MSG_RECIPIENT_UNKNOWN`, `MSG_SCOPE`, `MSG_CLAIM`.
 */
export function readContent(
  payload: Payload,
  disclosed: Disclosed,
  type: MessageType,
  epoch: Epoch,
): Content {
  const disclosures: Found = new Map()
  const toExchange = toExchangeIn(payload, disclosed, type)
  const terms = termsIn(payload['terms'], disclosed, type, disclosures)
  checkRecipients(terms, type, epoch)
  const context = contextIn(payload['context'], disclosed, type, disclosures)
  const data = dataIn(payload['data'], disclosed, type, new Set(toExchange.withheldBySender), disclosures)
  if (disclosed.surplus) fail('MSG_DISCLOSURE', '/disclosures')
  return { terms, toExchange, context, data, disclosures }
}

function toExchangeIn(payload: Payload, disclosed: Disclosed, type: MessageType): Verified['toExchange'] {
  const { count, byName } = disclosed.members({ _sd: payload['_sd'] }, '/_sd')
  if (count !== 1) return fail('MSG_DIGEST_PLACE', '/_sd')
  const disclosure = byName.get('toExchange') ?? fail('MSG_DISCLOSURE', '/toExchange')
  refuseDigests(disclosure.value, '/toExchange')
  return readToExchange(disclosure.value, type)
}

function termsIn(
  value: unknown,
  disclosed: Disclosed,
  type: MessageType,
  disclosures: Found,
): Verified['terms'] {
  const elements = disclosed.elements(value, '/terms')
  if (elements.length !== LIMITS.recipientsMax) return fail('MSG_RECIPIENTS', '/terms')
  const found: { terms: Terms; disclosure: Disclosure }[] = []
  for (const disclosure of elements) {
    if (!disclosure) return fail('MSG_DISCLOSURE', '/terms')
    if (disclosure.value === null) continue
    const pointer = `/terms/${found.length}`
    refuseDigests(disclosure.value, pointer)
    disclosures.set(`terms/${found.length}`, disclosure)
    found.push({ terms: readTerms(disclosure.value, pointer), disclosure })
  }
  if (type.toExchange && found.length > 0) fail('MSG_SCOPE', '/terms')
  if (!type.toExchange && found.length === 0) fail('MSG_RECIPIENTS', '/terms')
  return found
}

function checkRecipients(terms: Verified['terms'], type: MessageType, epoch: Epoch): void {
  const hasRows = type.fields.some((field) => field.perItem)
  if (hasRows && terms.length > LIMITS.perItemRecipientsMax) fail('MSG_RECIPIENTS', '/terms')
  const seen = new Set<string>()
  for (const [index, { terms: one }] of terms.entries()) {
    if (seen.has(one.to)) fail('MSG_RECIPIENTS', `/terms/${index}/to`)
    if (!epoch.endpoints.has(one.to)) fail('MSG_RECIPIENT_UNKNOWN', `/terms/${index}/to`)
    seen.add(one.to)
  }
}

function contextIn(value: unknown, disclosed: Disclosed, type: MessageType, disclosures: Found) {
  const { count, byName } = disclosed.members(value, '/context')
  for (const [name, disclosure] of byName) {
    refuseDigests(disclosure.value, '/context')
    disclosures.set(`context/${name}`, disclosure)
  }
  const context = readContext(byName, type)
  if (count !== CONTEXT_MEMBERS.length) fail('MSG_DISCLOSURE', '/context')
  return context
}

function dataIn(
  value: unknown,
  disclosed: Disclosed,
  type: MessageType,
  withheld: ReadonlySet<string>,
  disclosures: Found,
): Readonly<Record<string, unknown>> {
  const { count, byName } = disclosed.members(value, '/data')
  if (count !== type.fields.length || byName.size + withheld.size !== count) fail('MSG_DISCLOSURE', '/data')
  const data: Record<string, unknown> = {}
  for (const field of type.fields) {
    const disclosure = byName.get(field.name)
    if ((disclosure === undefined) !== withheld.has(field.name)) fail('MSG_DISCLOSURE', `/data/${field.name}`)
    if (disclosure) disclosures.set(field.name, disclosure)
    data[field.name] = disclosure ? disclosedValue(disclosure, field, disclosed, disclosures) : null
  }
  return data
}

/** The value of one field; of rows each the value of its own disclosure. */
function disclosedValue(
  disclosure: Disclosure,
  field: MessageField,
  disclosed: Disclosed,
  disclosures: Found,
): unknown {
  const pointer = `/data/${field.name}`
  if (!field.perItem || disclosure.value === null) {
    refuseDigests(disclosure.value, pointer)
    return disclosure.value
  }
  return disclosed.elements(disclosure.value, pointer).map((row, index) => {
    if (!row) return fail('MSG_DISCLOSURE', `${pointer}/${index}`)
    refuseDigests(row.value, `${pointer}/${index}`)
    disclosures.set(`${field.name}/${index}`, row)
    return row.value
  })
}

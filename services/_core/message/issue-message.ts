/** The sender's side: content → SD-JWT (RFC 9901) in the shape of design §4. */
import type { KeyObject } from 'node:crypto'
import type { MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { Random } from '#core/ports/random.ts'
import {
  CONTEXT_MEMBERS,
  type Disclosure,
  type MessageContext,
  type Terms,
  type ToExchange,
  type Visible,
} from './content.ts'
import { makeDisclosure } from './disclosure.ts'
import { signJws } from './jws.ts'

export const MESSAGE_TYP = 'schakel-message+sd-jwt'
export const MESSAGE_HEADER: ReadonlySet<string> = new Set(['alg', 'typ', 'kid', 'x5t#S256'])
const TERMS = LIMITS.recipientsMax

export interface IssueInput {
  /** Times in ms; whole seconds travel. */
  readonly visible: Visible
  readonly type: MessageType
  /** Public JWK of the exchange's label key. */
  readonly cnf: Readonly<Record<string, unknown>>
  readonly terms: readonly Terms[]
  readonly toExchange: ToExchange
  readonly context: MessageContext
  /** Full form: every field of the type, nullable ones null when absent. */
  readonly data: Readonly<Record<string, unknown>>
  readonly signer: { readonly key: KeyObject; readonly alg: string; readonly thumbprint: string }
}

export const seconds = (ms: number): number => Math.floor(ms / 1000)
const secondsOrNull = (ms: number | null): number | null => (ms === null ? null : seconds(ms))

function termsValue(terms: Terms): object {
  return {
    to: terms.to,
    purpose: terms.purpose,
    basis: terms.basis,
    ...(terms.ground === 'none' ? {} : { ground: terms.ground }),
    ...(terms.validUntil === null ? {} : { validUntil: seconds(terms.validUntil) }),
  }
}

/** Eight elements, unused ones null, at places that chance chose: position and number tell nothing. */
function makeTerms(terms: readonly Terms[], random: Random): Disclosure[] {
  if (terms.length > TERMS) fail('MSG_RECIPIENTS', '/terms')
  const values: unknown[] = terms.map(termsValue)
  while (values.length < TERMS) values.push(null)
  for (let i = values.length - 1; i > 0; i -= 1) {
    const j = Buffer.from(random.bytes(4)).readUInt32BE() % (i + 1)
    ;[values[i], values[j]] = [values[j], values[i]]
  }
  return values.map((value) => makeDisclosure(null, value, random))
}

function toExchangeValue(value: ToExchange): object {
  const { inReplyTo, supersedes, freeTextReviewed, reviewAt, ...always } = value
  return {
    ...always,
    ...(inReplyTo === null ? {} : { inReplyTo }),
    ...(supersedes === null ? {} : { supersedes }),
    ...(freeTextReviewed === null ? {} : { freeTextReviewed }),
    ...(reviewAt === null ? {} : { reviewAt: seconds(reviewAt) }),
  }
}

function contextValues(context: MessageContext): Readonly<Record<string, unknown>> {
  return {
    ...context,
    occurredAt: secondsOrNull(context.occurredAt),
    retainUntil: secondsOrNull(context.retainUntil),
  }
}

interface DataDisclosures {
  readonly members: readonly Disclosure[]
  readonly elements: readonly Disclosure[]
}

function makeData(input: IssueInput, random: Random): DataDisclosures {
  const elements: Disclosure[] = []
  const members = input.type.fields.map((field) => {
    const value = input.data[field.name] ?? null
    if (!field.perItem || !Array.isArray(value)) return makeDisclosure(field.name, value, random)
    const rows = value.map((item) => makeDisclosure(null, item, random))
    elements.push(...rows)
    return makeDisclosure(
      field.name,
      rows.map((row) => ({ '...': row.digest })),
      random,
    )
  })
  return { members, elements }
}

const digestsOf = (disclosures: readonly Disclosure[]): string[] =>
  disclosures.map((one) => one.digest).sort()

/** Signs; fields in `withheldBySender` are digests without a disclosure. Answers the compact SD-JWT, ready to seal. */
export function issueMessage(input: IssueInput, random: Random): string {
  const { visible } = input
  const withheld = new Set(input.toExchange.withheldBySender)
  const terms = makeTerms(input.terms, random)
  const toExchange = makeDisclosure('toExchange', toExchangeValue(input.toExchange), random)
  const values = contextValues(input.context)
  const context = CONTEXT_MEMBERS.map((name) => makeDisclosure(name, values[name] ?? null, random))
  const data = makeData(input, random)
  const payload = {
    iss: visible.iss,
    aud: visible.aud,
    jti: visible.jti,
    iat: seconds(visible.iat),
    submitBy: seconds(visible.submitBy),
    vct: visible.vct,
    cnf: { jwk: input.cnf },
    _sd_alg: 'sha-256',
    terms: terms.map((one) => ({ '...': one.digest })),
    _sd: [toExchange.digest],
    context: { _sd: digestsOf(context) },
    data: { _sd: digestsOf(data.members) },
  }
  const { key, alg, thumbprint } = input.signer
  const jwt = signJws({ alg, typ: MESSAGE_TYP, kid: thumbprint, 'x5t#S256': thumbprint }, payload, key)
  const shown = data.members.filter((one) => one.name === null || !withheld.has(one.name))
  const all = [...terms, toExchange, ...context, ...shown, ...data.elements]
  return `${jwt}~${all.map((one) => one.encoded).join('~')}~`
}

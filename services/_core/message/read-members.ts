/** Terms, `toExchange` and context from their disclosed JSON, strictly: known members, right types. */
import type { MessageField, MessageType } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import {
  type Digest,
  isCaseRef,
  isHandoffId,
  parseDigest,
  parseEndpointUrn,
  parseHandoffId,
  parseMessageId,
} from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import {
  CONTEXT_MEMBERS,
  type Disclosure,
  type MessageContext,
  type PreparedBy,
  type Terms,
  type ToExchange,
} from './content.ts'
import { asObject } from './strict-json.ts'
import { numericDate } from './verify-signature.ts'

type Json = Readonly<Record<string, unknown>>

const CODE = /^[A-Za-z0-9][A-Za-z0-9_+.-]{0,63}$/
const TEXT_MAX = 256
const ROW = /^(?:0|[1-9][0-9]{0,4})$/

function code(value: unknown, pointer: string): string {
  return typeof value === 'string' && CODE.test(value) ? value : fail('MSG_CLAIM', pointer)
}

function text(value: unknown, pointer: string): string {
  const fits =
    typeof value === 'string' && value.length > 0 && value.length <= TEXT_MAX && value.isWellFormed()
  return fits ? value : fail('MSG_CLAIM', pointer)
}

function only(value: Json, names: readonly string[], pointer: string): void {
  for (const name of Object.keys(value)) if (!names.includes(name)) fail('MSG_CLAIM', pointer)
}

const optional = <T>(value: unknown, read: (value: unknown) => T): T | null =>
  value === undefined || value === null ? null : read(value)

export function readTerms(value: unknown, pointer: string): Terms {
  const terms = asObject(value, pointer)
  only(terms, ['to', 'purpose', 'basis', 'ground', 'validUntil'], pointer)
  return {
    to: parseEndpointUrn(terms['to'], `${pointer}/to`),
    purpose: code(terms['purpose'], `${pointer}/purpose`),
    basis: code(terms['basis'], `${pointer}/basis`),
    ground: terms['ground'] === undefined ? 'none' : code(terms['ground'], `${pointer}/ground`),
    validUntil: optional(terms['validUntil'], (each) => numericDate(each, `${pointer}/validUntil`)),
  }
}

const TO_EXCHANGE = [
  'subject',
  'inReplyTo',
  'supersedes',
  'evidence',
  'origin',
  'preparedBy',
  'freeTextReviewed',
  'reviewAt',
  'withheldBySender',
]

function subjectOf(value: unknown, pointer: string): ToExchange['subject'] {
  if (typeof value === 'string' && (isCaseRef(value) || isHandoffId(value))) return value
  return parseMessageId(value, pointer)
}

function texts(value: unknown, pointer: string, max: number): readonly string[] {
  if (!Array.isArray(value) || value.length > max) return fail('MSG_CLAIM', pointer)
  for (const item of value) if (typeof item !== 'string') fail('MSG_CLAIM', pointer)
  if (new Set(value).size !== value.length) fail('MSG_CLAIM', pointer)
  return value as readonly string[]
}

function originOf(value: unknown, pointer: string): 'own' | readonly Digest[] {
  if (value === 'own') return 'own'
  return texts(value, pointer, LIMITS.evidenceMax).map((digest) => parseDigest(digest, pointer))
}

function preparedByOf(value: unknown, pointer: string): PreparedBy {
  const prepared = asObject(value, pointer)
  only(prepared, ['actor', 'role', 'automated'], pointer)
  if (typeof prepared['automated'] !== 'boolean') return fail('MSG_CLAIM', `${pointer}/automated`)
  return {
    actor: text(prepared['actor'], `${pointer}/actor`),
    role: text(prepared['role'], `${pointer}/role`),
    automated: prepared['automated'],
  }
}

export function readToExchange(value: unknown, type: MessageType): ToExchange {
  const at = '/toExchange'
  const given = asObject(value, at)
  only(given, TO_EXCHANGE, at)
  const withheldBySender = texts(given['withheldBySender'], `${at}/withheldBySender`, type.fields.length)
  for (const name of withheldBySender) {
    if (!type.fields.some((field) => field.name === name && field.nullable))
      fail('MSG_DISCLOSURE', `${at}/withheldBySender`)
  }
  return {
    subject: subjectOf(given['subject'], `${at}/subject`),
    inReplyTo: optional(given['inReplyTo'], (each) => parseHandoffId(each, `${at}/inReplyTo`)),
    supersedes: optional(given['supersedes'], (each) => parseHandoffId(each, `${at}/supersedes`)),
    evidence: texts(given['evidence'], `${at}/evidence`, LIMITS.evidenceMax),
    origin: originOf(given['origin'], `${at}/origin`),
    preparedBy: preparedByOf(given['preparedBy'], `${at}/preparedBy`),
    freeTextReviewed: optional(given['freeTextReviewed'], (each) => {
      const reviewed = asObject(each, `${at}/freeTextReviewed`)
      only(reviewed, ['actor'], `${at}/freeTextReviewed`)
      return { actor: text(reviewed['actor'], `${at}/freeTextReviewed/actor`) }
    }),
    reviewAt: optional(given['reviewAt'], (each) => numericDate(each, `${at}/reviewAt`)),
    withheldBySender,
  }
}

/** A field, or for rows one of them (`items/0`). */
function isMember(field: MessageField, name: string): boolean {
  if (field.name === name) return true
  return field.perItem && name.startsWith(`${field.name}/`) && ROW.test(name.slice(field.name.length + 1))
}

function fieldClasses(value: unknown, type: MessageType, pointer: string): Readonly<Record<string, string>> {
  const classes = asObject(value, pointer)
  for (const [name, each] of Object.entries(classes)) {
    if (!type.fields.some((field) => isMember(field, name))) fail('MSG_CLAIM', pointer)
    code(each, pointer)
  }
  return classes as Readonly<Record<string, string>>
}

/** All nine members must have been disclosed: nobody on the way can strip a fact. */
export function readContext(byName: ReadonlyMap<string, Disclosure>, type: MessageType): MessageContext {
  for (const name of CONTEXT_MEMBERS) if (!byName.has(name)) fail('MSG_FACTS_STRIPPED', `/context/${name}`)
  if (byName.size !== CONTEXT_MEMBERS.length) fail('MSG_DISCLOSURE', '/context')
  const at = (name: string): unknown => byName.get(name)?.value
  const codeAt = (name: string) => optional(at(name), (each) => code(each, `/context/${name}`))
  return {
    occurredAt: optional(at('occurredAt'), (each) => numericDate(each, '/context/occurredAt')),
    regime: code(at('regime'), '/context/regime'),
    wpgClass: codeAt('wpgClass'),
    fieldClass: optional(at('fieldClass'), (each) => fieldClasses(each, type, '/context/fieldClass')),
    handling: code(at('handling'), '/context/handling'),
    evaluation: codeAt('evaluation'),
    personCategory: codeAt('personCategory'),
    factOrOpinion: codeAt('factOrOpinion'),
    retainUntil: optional(at('retainUntil'), (each) => numericDate(each, '/context/retainUntil')),
  }
}

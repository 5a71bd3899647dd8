import type { TypeForm } from '#sdk/catalogue.ts'
import type { PublishedRoute } from '#sdk/gateway-answers.ts'
import type { FormBody } from '#web/form-body.ts'
import { fromDutchTime } from './dutch-time.ts'
import { type Faults, readData } from './read-data.ts'
import type { ReceivedRow } from './store.ts'

/** Members of the context that the form asks for; times apart. */
export const CONTEXT_CODES = [
  'regime',
  'handling',
  'wpgClass',
  'evaluation',
  'personCategory',
  'factOrOpinion',
] as const
const REQUIRED = ['regime', 'handling']
const ROLE_MAX = 64

/** Name of the choice for one recipient, and the value that one of its routes has there. */
export const recipientName = (urn: string): string => `to:${urn}`
export const routeValue = ({ basis, purpose }: Pick<PublishedRoute, 'basis' | 'purpose'>): string =>
  `${basis} ${purpose}`
/** Name of the choice of a class for one field. */
export const className = (field: string): string => `class:${field}`
export const evidenceName = (handoff: string): string => `evidence:${handoff}`

export interface Draft {
  /** null: something is wrong, see `faults`. */
  readonly publication: {
    readonly to: readonly {
      readonly to: string
      readonly purpose: string
      readonly basis: string
      readonly ground: string
    }[]
    readonly data: Readonly<Record<string, unknown>>
    readonly withhold: readonly string[]
    readonly context: Readonly<Record<string, unknown>>
    readonly preparedBy: { readonly actor: string; readonly role: string; readonly automated: boolean }
    readonly evidence: readonly string[]
    readonly origin: 'own' | readonly string[]
    readonly subject?: string
    readonly inReplyTo?: string
    readonly supersedes?: string
    readonly reviewAt?: string
    readonly freeTextReviewed?: { readonly actor: string }
  } | null
  /** The routes that were chosen. */
  readonly chosen: readonly PublishedRoute[]
  readonly faults: Faults
}

export interface DraftInput {
  readonly form: TypeForm
  readonly routes: readonly PublishedRoute[]
  /** What may be attached. */
  readonly received: readonly ReceivedRow[]
  /** Who is signed in: prepares it, and nobody else is named. */
  readonly actor: string
}

/** Reads a whole message from the form; what may be chosen is only what was offered. */
export function readPublication(input: DraftInput, body: FormBody): Draft {
  const faults: Faults = {}
  const chosen = input.routes.filter((route) => body[recipientName(route.to)] === routeValue(route))
  if (chosen.length === 0 || chosen.length > 8) faults['/terms'] = 'required'
  const { data, withhold } = readData(input.form, body, faults)
  const context = { ...contextOf(body, faults), ...classesOf(input.form, body) }
  const role = body['/preparedBy/role'] ?? ''
  if (role === '' || role.length > ROLE_MAX) faults['/preparedBy/role'] = 'required'
  const evidence = input.received.filter(({ handoff }) => body[evidenceName(handoff)] === 'yes')
  const labels = evidence.map((row) => row.evidence)
  const reviewAt = dayOf(body, '/reviewAt', faults)
  const derived = body['/origin'] === 'derived'
  if (derived && labels.length === 0) faults['/evidence'] = 'required'
  const publication = {
    to: chosen.map(({ to, purpose, basis }) => ({
      to,
      purpose,
      basis,
      ground: body['/terms/ground'] || 'none',
    })),
    data,
    withhold,
    context,
    preparedBy: { actor: input.actor, role, automated: false },
    evidence: labels,
    origin: derived ? labels : ('own' as const),
    ...referencesOf(body),
    ...(reviewAt === undefined ? {} : { reviewAt }),
    ...(body['/freeTextReviewed'] === 'yes' ? { freeTextReviewed: { actor: input.actor } } : {}),
  }
  return { publication: Object.keys(faults).length === 0 ? publication : null, chosen, faults }
}

function contextOf(body: FormBody, faults: Faults): Readonly<Record<string, unknown>> {
  const context: Record<string, unknown> = {}
  for (const name of CONTEXT_CODES) {
    const value = body[`/context/${name}`] ?? ''
    if (value !== '') context[name] = value
    else if (REQUIRED.includes(name)) faults[`/context/${name}`] = 'required'
  }
  const happened = body['/context/occurredAt'] ?? ''
  const retain = dayOf(body, '/context/retainUntil', faults)
  if (retain !== undefined) context['retainUntil'] = retain
  if (happened !== '') {
    const at = fromDutchTime(happened)
    if (at === undefined) faults['/context/occurredAt'] = 'form'
    else context['occurredAt'] = at
  }
  return context
}

/** Classes of single fields, where somebody chose any (Wpg 8, 9, 10 …). */
function classesOf(
  { fields }: TypeForm,
  body: FormBody,
): { readonly fieldClass?: Readonly<Record<string, string>> } {
  const chosen = fields
    .map(({ name }) => [name, body[className(name)] ?? ''] as const)
    .filter(([, code]) => code !== '')
  return chosen.length === 0 ? {} : { fieldClass: Object.fromEntries(chosen) }
}

/** A date as the start of that Dutch day. */
function dayOf(body: FormBody, name: string, faults: Faults): string | undefined {
  const text = body[name] ?? ''
  if (text === '') return undefined
  const at = fromDutchTime(`${text}T00:00`)
  if (at === undefined) faults[name] = 'form'
  return at
}

/** An answer belongs to the case of what it answers, unless another one is named. */
function referencesOf(body: FormBody) {
  const [subject, inReplyTo, supersedes] = ['/subject', '/inReplyTo', '/supersedes'].map(
    (name) => body[name] || undefined,
  )
  const about = subject ?? inReplyTo ?? supersedes
  return {
    ...(about === undefined ? {} : { subject: about }),
    ...(inReplyTo === undefined ? {} : { inReplyTo }),
    ...(supersedes === undefined ? {} : { supersedes }),
  }
}

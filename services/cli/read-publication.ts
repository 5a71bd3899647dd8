import { Failure, fail } from '#core/failure.ts'
import type { Publication } from '#sdk/build-content.ts'

const MEMBERS = [
  'subject',
  'to',
  'data',
  'context',
  'preparedBy',
  'evidence',
  'origin',
  'inReplyTo',
  'supersedes',
  'freeTextReviewed',
  'reviewAt',
  'withhold',
  'id',
] as const

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    throw new Failure('OPS_USAGE', '/', 'not JSON')
  }
}

/** Recipients may be written as people say them (`ecpat/meldpunt`); the message names their urn. */
function named(terms: unknown, urnOf: (party: string) => string): unknown {
  if (!isObject(terms) || typeof terms['to'] !== 'string' || !/^[a-z0-9-]+\/[a-z0-9-]+$/.test(terms['to']))
    return terms
  return { ...terms, to: urnOf(terms['to']) }
}

/**
 * A message in a file: `{type, to: [terms], data, context?, preparedBy, evidence?, …}`, the SDK's own words. Only the outline is
 * checked here: whether it may go is the exchange's answer.
 */
export function readPublication(
  text: string,
  urnOf: (party: string) => string,
): { readonly type: string; readonly publication: Publication } {
  const value = parse(text)
  if (!isObject(value)) return fail('OPS_USAGE', '/')
  const { type, ...rest } = value
  if (typeof type !== 'string') return fail('OPS_USAGE', '/type')
  for (const name of Object.keys(rest))
    if (!(MEMBERS as readonly string[]).includes(name)) fail('OPS_USAGE', `/${name}`)
  if (!Array.isArray(rest['to'])) fail('OPS_USAGE', '/to')
  if (!isObject(rest['data'])) fail('OPS_USAGE', '/data')
  if (!isObject(rest['preparedBy'])) fail('OPS_USAGE', '/preparedBy')
  const to = (rest['to'] as readonly unknown[]).map((terms) => named(terms, urnOf))
  return { type, publication: { ...rest, to } as unknown as Publication }
}

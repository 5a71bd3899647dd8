import type { ParsedPolicy, PolicySet } from '#core/ports/policy-engine.ts'
import type { MessageType, PermitPins, PolicyMeta } from './epoch.ts'
import { policyReach } from './policy-reach.ts'
import { demands, namedEntities, scopeOf } from './policy-tree.ts'

export const POLICY_SETS = ['permit', 'deny', 'hold', 'hide'] as const satisfies readonly PolicySet[]

const COMMON = ['set', 'id', 'article', 'source', 'verified', 'nl', 'en']

/** Annotations of each set; any other one is a mistake that would change nothing, silently. */
export const ANNOTATIONS: Readonly<Record<PolicySet, readonly string[]>> = {
  permit: [...COMMON, 'show', 'point', 'classes', 'oblige'],
  deny: [...COMMON, 'reason', 'tell'],
  hold: [...COMMON, 'reason', 'needs', 'tell'],
  hide: [...COMMON, 'hide', 'reason', 'tell'],
}

export const REQUIRED: Readonly<Record<PolicySet, readonly string[]>> = {
  permit: ['set', 'id', 'article', 'source', 'verified', 'nl', 'en', 'show', 'point', 'classes'],
  deny: ['set', 'id', 'source', 'verified', 'nl', 'en', 'reason'],
  hold: ['set', 'id', 'source', 'verified', 'nl', 'en', 'reason', 'needs'],
  hide: ['set', 'id', 'source', 'verified', 'nl', 'en', 'reason', 'hide'],
}

const listOf = (text: string | undefined): readonly string[] =>
  text === undefined || text.trim() === '' ? [] : text.split(',').map((item) => item.trim())

/** Annotations of one policy as data. Entry: none is checked here; the linter refuses what does not fit. */
export function readPolicy(
  policy: ParsedPolicy,
  file: string,
  types: ReadonlyMap<string, MessageType>,
): PolicyMeta {
  const { annotations } = policy
  const set = POLICY_SETS.find((name) => name === annotations['set']) ?? 'deny'
  return {
    id: annotations['id'] ?? '',
    set,
    file,
    article: annotations['article'] ?? null,
    source: annotations['source'] ?? null,
    verified: annotations['verified'] === 'true',
    reason: annotations['reason'] ?? null,
    needs: annotations['needs'] ?? null,
    tell: annotations['tell'] !== 'false',
    show: listOf(annotations['show']),
    point: listOf(annotations['point']),
    classes: listOf(annotations['classes']),
    oblige: listOf(annotations['oblige']),
    hide: listOf(annotations['hide']),
    reach: policyReach(policy, types).map((type) => type.name),
    pins: set === 'permit' ? pinsOf(policy) : null,
    grounds: set === 'deny' || set === 'hold' ? (namedEntities(policy).get('Ground') ?? []) : [],
    nl: annotations['nl'] ?? '',
    en: annotations['en'] ?? '',
  }
}

/** What the permit pins; null when it leaves any of the five open. */
function pinsOf(policy: ParsedPolicy): PermitPins | null {
  const action = scopeOf(policy, 'action')
  const from = scopeOf(policy, 'principal')
  const to = scopeOf(policy, 'resource')
  const wanted = demands(policy)
  const demanded = (path: string) => wanted.find((one) => one.op === '==' && one.path === path)?.id
  const basis = demanded('terms.basis')
  const purpose = demanded('terms.purpose')
  const [type, sender, recipient] = [action.ids[0], from.ids[0], to.ids[0]]
  const pinned = action.op === '==' && from.op === 'in' && to.op === 'in'
  if (!pinned || !type || !sender || !recipient || !basis || !purpose) return null
  const flags = wanted
    .filter((one) => one.op === 'contains' && one.path === 'facts.flags')
    .map((one) => one.id)
  return { type, basis, purpose, from: sender, to: recipient, flags }
}

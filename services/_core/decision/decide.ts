import type { PolicySet } from '#core/ports/policy-engine.ts'
import { cedarRequest } from './cedar-request.ts'
import type { Epoch, PolicyMeta } from './epoch.ts'
import { lostPoint } from './lost-point.ts'
import { isRetention, shortestRetention } from './retention.ts'
import { type Split, showMembers } from './show-members.ts'
import type { Basis, Question, Reason, Verdict } from './verdict.ts'

/**
 * May this hand-off happen? In the order of design §5: any deny → deny with all reasons; no permit, or no instrument that lists
 * it, or a ground nobody examines → deny NO_LEGAL_BASIS; a lost point → deny with what took it; any hold → hold with all reasons
 * and needs; else permit, redacted iff something is withheld. Whatever goes wrong on the way → deny RULE_ERROR. Never throws.
 */
export function decide(question: Question, epoch: Epoch): Verdict {
  try {
    return decideInOrder(question, epoch)
  } catch {
    return denied(question, [engineReason('RULE_ERROR')])
  }
}

function decideInOrder(question: Question, epoch: Epoch): Verdict {
  const asked = askAll(question, epoch)
  if (!asked) return denied(question, [engineReason('RULE_ERROR')])
  if (asked.deny.length > 0) return denied(question, asked.deny.map(reasonOf))
  const permits = asked.permit.filter((policy) => policy.verified || !epoch.profile.strict)
  const instrument = instrumentOf(question)
  if (permits.length === 0 || instrument.state !== 'lists' || !isExamined(question, epoch)) {
    return denied(question, [engineReason('NO_LEGAL_BASIS')])
  }
  const split = showMembers(question, permits, asked.hide, instrument.profile)
  const lost = lostPoint(permits, split)
  if (lost) return denied(question, [lostReason(lost.reason, epoch.policies.get(lost.rule))])
  if (asked.hold.length > 0) return answer('hold', asked.hold.map(reasonOf), permits, split)
  return answer(split.withheld.length > 0 ? 'permit-redacted' : 'permit', [], permits, split)
}

/** The request was built, so the fact has its declared shape. */
function instrumentOf(question: Question): { readonly state: string; readonly profile: readonly string[] } {
  return question.facts['instrument'] as unknown as { state: string; profile: readonly string[] }
}

const SETS = ['deny', 'permit', 'hold', 'hide'] as const satisfies readonly PolicySet[]

/** Each set is asked separately; any diagnostic, or a policy that the epoch does not know in that set, spoils the whole answer. */
function askAll(
  question: Question,
  epoch: Epoch,
): Readonly<Record<PolicySet, readonly PolicyMeta[]>> | undefined {
  const request = cedarRequest(question, epoch)
  if (!request) return undefined
  const found: Record<PolicySet, PolicyMeta[]> = { permit: [], deny: [], hold: [], hide: [] }
  for (const set of SETS) {
    const { matched, errors } = epoch.compiled.ask(set, request)
    if (errors.length > 0) return undefined
    for (const id of matched.length > 1 ? [...matched].sort() : matched) {
      const policy = epoch.policies.get(id)
      if (policy?.set !== set) return undefined
      found[set].push(policy)
    }
  }
  return found
}

/** A transfer ground that no guard on this type examines would pass unlooked at. */
function isExamined({ terms: { ground }, type }: Question, epoch: Epoch): boolean {
  if (ground === 'none') return true
  for (const { grounds, reach } of epoch.policies.values())
    if (grounds.includes(ground) && reach.includes(type)) return true
  return false
}

function reasonOf(policy: PolicyMeta): Reason {
  const { id, reason, article, verified, needs, tell } = policy
  return { code: reason ?? 'RULE_ERROR', rule: id, article, verified, needs, tell }
}

const engineReason = (code: string): Reason => {
  return { code, rule: 'engine', article: null, verified: true, needs: null, tell: true }
}

function lostReason(code: string, policy: PolicyMeta | undefined): Reason {
  if (!policy) return engineReason(code)
  return {
    code,
    rule: policy.id,
    article: policy.article,
    verified: policy.verified,
    needs: null,
    tell: policy.tell,
  }
}

/** Nothing is shown; every member is withheld for the first reason. */
function denied(question: Question, reasons: readonly Reason[]): Verdict {
  const first = reasons[0] ?? engineReason('RULE_ERROR')
  const withheld = question.members.map(({ name }) => ({
    member: name,
    reason: first.code,
    rule: first.rule,
  }))
  return { kind: 'deny', reasons, basis: [], shown: [], withheld, obligations: [] }
}

function answer(
  kind: Verdict['kind'],
  reasons: readonly Reason[],
  permits: readonly PolicyMeta[],
  split: Split,
): Verdict {
  const basis = permits.map(
    ({ id, article, verified }): Basis => ({ rule: id, article: article ?? '', verified }),
  )
  return {
    kind,
    reasons,
    basis,
    shown: split.shown,
    withheld: split.withheld,
    obligations: obligationsOf(permits),
  }
}

const OBLIGATIONS = new WeakMap<PolicyMeta, readonly string[]>()

/** Union of all obligations, but of several retention terms (`retain:<days>d`) only the shortest. */
function obligationsOf(permits: readonly PolicyMeta[]): readonly string[] {
  const [only, more] = permits
  if (!only || more) return united(permits)
  const known = OBLIGATIONS.get(only) ?? united(permits)
  OBLIGATIONS.set(only, known)
  return known
}

function united(permits: readonly PolicyMeta[]): readonly string[] {
  const all = [...new Set(permits.flatMap((policy) => policy.oblige))].sort()
  const shortest = shortestRetention(all)
  return all.filter((obligation) => !isRetention(obligation) || obligation === `retain:${shortest}d`)
}

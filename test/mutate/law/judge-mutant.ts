/** Does any case notice that a policy was deleted or weakened? */
import { codeTables } from '#core/decision/codes.ts'
import { decide } from '#core/decision/decide.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { loadPolicies } from '#core/decision/load-policies.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import { Failure } from '#core/failure.ts'
import type { PolicyEngine } from '#core/ports/policy-engine.ts'
import { type Asked, type Stated, underRules } from './asked-questions.ts'
import type { Mutant } from './mutants.ts'

export type Judgement =
  /** A case expects another verdict, other reasons, or another field withheld. */
  | { readonly kind: 'case'; readonly by: string }
  /** The linter or Cedar's validator refuses the rules. */
  | { readonly kind: 'lint' }
  /** Another rule withholds the same for a reason of its own: a second lock, and both are there. */
  | { readonly kind: 'masked'; readonly by: string }
  | { readonly kind: 'survived' }

/** As much of a verdict as the case states: its kind and all reasons always, what is withheld and laid on where it says so. */
function said({ kind, reasons, withheld, obligations }: Verdict, stated: Stated): string {
  return JSON.stringify([
    kind,
    reasons.map(({ code }) => code).sort(),
    stated.withheld ? withheld.map(({ member }) => member).sort() : [],
    stated.obligations ? [...obligations].sort() : [],
  ])
}

const reasonsOf = ({ withheld, reasons }: Verdict): string =>
  JSON.stringify([withheld.map(({ member, reason }) => [member, reason]), reasons.map(({ rule }) => rule)])

/** Entry: `files` are the rules as they are, and under them every question is answered as recorded. */
export function judgeMutant(
  mutant: Mutant,
  files: ReadonlyMap<string, string>,
  asked: readonly Asked[],
  engine: PolicyEngine,
): Judgement {
  const worlds = new Map<Epoch, Epoch>()
  let masked: string | undefined
  for (const { question, verdict, epoch, by, stated } of asked) {
    let world = worlds.get(epoch)
    if (!world) {
      const loaded = withRules(epoch, new Map([...files, [mutant.file, mutant.text]]), engine)
      if (!loaded) return { kind: 'lint' }
      world = loaded
      worlds.set(epoch, world)
    }
    const now = decide(underRules(question, world), world)
    if (said(now, stated) !== said(verdict, stated)) return { kind: 'case', by }
    if (reasonsOf(now) !== reasonsOf(verdict)) masked ??= by
  }
  return masked === undefined ? { kind: 'survived' } : { kind: 'masked', by: masked }
}

/** The epoch under other rules; undefined when they do not load. */
export function withRules(
  epoch: Epoch,
  files: ReadonlyMap<string, string>,
  engine: PolicyEngine,
): Epoch | undefined {
  const { facts, types, registers } = epoch
  try {
    const codes = codeTables(registers, [...epoch.partners.values()])
    return { ...epoch, ...loadPolicies(files, { codes, facts, types, registers }, engine) }
  } catch (error) {
    if (error instanceof Failure && error.family === 'OPS') return undefined
    throw error
  }
}

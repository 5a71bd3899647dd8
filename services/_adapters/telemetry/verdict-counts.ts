import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Outcome } from '#core/handoff/outcome.ts'

export type CountedVerdict = 'permit' | 'permit-redacted' | 'hold' | 'deny' | 'refused' | 'parked'

export interface Counted {
  readonly verdict: CountedVerdict
  /** First reason or failure code; `none` for a permit; `sealed` when the record cannot be read here. */
  readonly code: string
  /** Every reason. */
  readonly reasons: readonly string[]
}

const BY_STATE = { sealed: 'permit', held: 'hold', refused: 'deny' } as const

/** Verdicts that an outcome brings: each decision record that decided, each refused or parked input. */
export function verdictsOf(
  outcome: Outcome,
  decisions: readonly DecisionRecord[] | undefined,
): readonly Counted[] {
  const { answer } = outcome
  if (answer.kind === 'refused' || answer.kind === 'parked') {
    const code = answer.code ?? 'none'
    return [{ verdict: answer.kind, code, reasons: [code] }]
  }
  if (!decisions)
    return outcome.effects.flatMap((effect) =>
      effect.kind === 'handoff' ? [{ verdict: BY_STATE[effect.state], code: 'sealed', reasons: [] }] : [],
    )
  return decisions.flatMap(({ verdict }) => {
    if (!verdict) return []
    const reasons = [...new Set(verdict.reasons.map((reason) => reason.code))]
    return [{ verdict: verdict.kind, code: reasons[0] ?? 'none', reasons }]
  })
}

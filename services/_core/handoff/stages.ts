/**
 * The way of a hand-off in types: Verified → Decided → Redacted → SealedHandoff (design §1). Each value can be made only from
 * the one before it, here; code that skips the legal check does not compile.
 */

import type { ApprovalRow } from '#core/decision/approvers.ts'
import { decide } from '#core/decision/decide.ts'
import { deriveApprovalQuestion } from '#core/decision/derive-approval.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { ApprovalFacts } from '#core/decision/judge-approvals.ts'
import type { Question, Verdict } from '#core/decision/verdict.ts'
import { fail } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'

declare const decided: unique symbol
declare const redacted: unique symbol

/** A verified message with the verdict on one recipient. */
export interface Decided {
  readonly [decided]: true
  readonly verified: Verified
  /** Place of the recipient's terms in `verified.terms`. */
  readonly index: number
  readonly question: Question
  readonly verdict: Verdict
}

/** What a permitted recipient may see: names of the members shown, nothing else leaves. */
export interface Redacted {
  readonly [redacted]: true
  readonly decided: Decided
  readonly to: EndpointUrn
  readonly shown: readonly string[]
}

function asDecided(verified: Verified, index: number, question: Question, epoch: Epoch): Decided {
  return { verified, index, question, verdict: decide(question, epoch) } as unknown as Decided
}

/** May the recipient of `terms[index]` have this message now, given the approvals that count? */
export function decideHandoff(
  verified: Verified,
  index: number,
  epoch: Epoch,
  at: number,
  approvals: ApprovalFacts,
): Decided {
  return asDecided(verified, index, deriveQuestion(verified, index, epoch, at, approvals), epoch)
}

/**
 * A hold asked again with the approvals given: `judge` says which count for what would be shown. If they would uncover more than
 * they were judged for, they are judged for that too: nobody approves what nobody was shown.
 */
export function decideApproved(
  bare: Decided,
  epoch: Epoch,
  at: number,
  judge: (wouldShow: readonly string[]) => ApprovalFacts,
): Decided {
  const wouldShow = new Set(bare.verdict.shown)
  for (;;) {
    const decided = decideHandoff(bare.verified, bare.index, epoch, at, judge([...wouldShow]))
    const before = wouldShow.size
    for (const member of decided.verdict.shown) wouldShow.add(member)
    if (wouldShow.size === before) return decided
  }
}

/** May the approver see what the held hand-off would show, plus what the register row adds? */
export function decideApprovalRequest(
  held: Decided,
  row: ApprovalRow,
  to: EndpointUrn,
  epoch: Epoch,
  at: number,
): Decided {
  const question = deriveApprovalQuestion(held.question, held.verdict.shown, row, to, epoch, at)
  return asDecided(held.verified, held.index, question, epoch)
}

export function isPermitted(verdict: Verdict): boolean {
  return verdict.kind === 'permit' || verdict.kind === 'permit-redacted'
}

/** The only door to redaction is a permit: anything else is a bug of the caller, never a hand-off. */
export function redact(value: Decided): Redacted {
  if (!isPermitted(value.verdict)) fail('BUG_INVARIANT', undefined, 'redaction without a permit')
  const withheld = new Set(value.verdict.withheld.map((member) => member.member))
  const shown = value.verdict.shown.filter((member) => !withheld.has(member))
  if (shown.length !== value.verdict.shown.length)
    fail('BUG_INVARIANT', undefined, 'member shown and withheld')
  return { decided: value, to: value.question.to, shown } as unknown as Redacted
}

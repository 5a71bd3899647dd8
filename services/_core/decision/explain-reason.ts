import type { Language } from '#core/language.ts'
import type { Epoch, MessageType } from './epoch.ts'
import { isReasonCode, REASONS, type ReasonText } from './reason-table.ts'
import { fieldOf } from './show-members.ts'
import type { Basis, Reason, Verdict, WithheldMember } from './verdict.ts'

/** Marks a rule whose law text nobody has verified (design §5). */
const UNVERIFIED = '†'

export interface Explanation {
  readonly text: string
  /** With † when unverified; null where the rule cites no article. */
  readonly article: string | null
  readonly next: string
}

const textOf = (code: string): ReasonText => REASONS[isReasonCode(code) ? code : 'RULE_ERROR']

const cited = (article: string | null, verified: boolean): string | null => {
  if (article === null) return null
  return verified ? article : `${article} ${UNVERIFIED}`
}

/** A reason in words: the rule's own sentence where the epoch knows the rule, else the code's. */
export function explainReason(reason: Reason, language: Language, epoch: Epoch): Explanation {
  const policy = epoch.policies.get(reason.rule)
  const table = textOf(reason.code)
  return {
    text: policy?.reason === reason.code ? policy[language] : table[language],
    article: cited(reason.article, reason.verified),
    next: table.next[language],
  }
}

/** The basis that permitted, in words: `Wpg 15: TBKK mag …`. */
export function explainBasis(basis: Basis, language: Language, epoch: Epoch): string {
  const sentence = epoch.policies.get(basis.rule)?.[language] ?? basis.rule
  return `${cited(basis.article, basis.verified) ?? basis.rule}: ${sentence}`
}

/** A withheld field in words: `naam van het slachtoffer: bron, melder of slachtoffer wordt beschermd`. */
export function explainWithheld(
  withheld: WithheldMember,
  language: Language,
  type: MessageType,
  _epoch: Epoch,
): string {
  const field = type.fields.find(({ name }) => name === fieldOf(withheld.member))
  const element = withheld.member.includes('/') ? ` ${Number(withheld.member.split('/')[1]) + 1}` : ''
  return `${field?.[language] ?? fieldOf(withheld.member)}${element}: ${textOf(withheld.reason)[language]}`
}

const UNDER_REVIEW: Reason = {
  code: 'UNDER_REVIEW',
  rule: 'engine',
  article: null,
  verified: true,
  needs: null,
  tell: true,
}

/** What the sender may know: reasons that would tip off become one UNDER_REVIEW; the auditor reads all of `verdict.reasons`. */
export function visibleReasons(verdict: Verdict): readonly Reason[] {
  const told = verdict.reasons.filter((reason) => reason.tell)
  return told.length === verdict.reasons.length ? told : [...told, UNDER_REVIEW]
}

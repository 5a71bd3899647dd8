import type { ApprovalGiven } from '#core/handoff/outcome.ts'
import { type EndpointUrn, oinOf, type TypeName } from '#core/ids.ts'
import { type ApprovalRow, approvalRow } from './approvers.ts'
import type { Epoch } from './epoch.ts'

/** Approvals as facts: sets of guards that exclude each other. A guard in none of them is missing or stale. */
export interface ApprovalFacts {
  readonly approved: readonly string[]
  readonly refused: readonly string[]
  readonly notCompetent: readonly string[]
}

export const NO_APPROVALS: ApprovalFacts = { approved: [], refused: [], notCompetent: [] }

export interface ApprovalInput {
  readonly given: readonly ApprovalGiven[]
  /** Keyed digest of who prepared the message, made as `ApprovalGiven.actorDigest` is. */
  readonly preparedByDigest: string
  readonly from: EndpointUrn
  readonly type: TypeName
  /** What was shown to the approvers that were asked about this hold. */
  readonly presentations: readonly {
    readonly guard: string
    readonly digest: string
    readonly shown: readonly string[]
  }[]
  /** What the hand-off would show now. */
  readonly wouldShow: readonly string[]
  readonly epoch: Epoch
  readonly at: number
}

/**
 * Which approvals count, now. Competent: the register row's endpoint role, person role and organisation, not suspended now, and
 * another person than who prepared it (four eyes). Stale: past its `until`, about another presentation, or one that showed less
 * than would be shown now. A competent answer outweighs incompetent ones; a refusal outweighs an approval.
 */
export function judgeApprovals(input: ApprovalInput): ApprovalFacts {
  const facts = { approved: [] as string[], refused: [] as string[], notCompetent: [] as string[] }
  for (const guard of [...new Set(input.given.map((approval) => approval.guard))].sort()) {
    const current = input.given.filter((approval) => approval.guard === guard && isCurrent(approval, input))
    if (current.length === 0) continue
    const row = approvalRow(guard, input.type, input.epoch, input.at)
    const competent = current.filter((approval) => row !== undefined && isCompetent(approval, row, input))
    if (competent.length === 0) facts.notCompetent.push(guard)
    else if (competent.some((approval) => !approval.granted)) facts.refused.push(guard)
    else facts.approved.push(guard)
  }
  return facts
}

function isCurrent(approval: ApprovalGiven, { presentations, wouldShow, at }: ApprovalInput): boolean {
  if (approval.until <= at) return false
  return presentations.some(
    ({ guard, digest, shown }) =>
      guard === approval.guard &&
      digest === approval.digest &&
      wouldShow.every((member) => shown.includes(member)),
  )
}

function isCompetent(
  approval: ApprovalGiven,
  row: ApprovalRow,
  { preparedByDigest, from, epoch }: ApprovalInput,
): boolean {
  const endpoint = epoch.endpoints.get(approval.by)
  if (endpoint === undefined || epoch.partners.get(endpoint.oin)?.suspended !== false) return false
  return (
    endpoint.roles.includes(row.ask) &&
    row.roles.includes(approval.role) &&
    (!row.sameOrganisation || endpoint.oin === oinOf(from)) &&
    approval.actorDigest !== preparedByDigest
  )
}

/** One recipient of a verified message: decide, then seal, hold or refuse (design §5). */
import { createHmac } from 'node:crypto'
import { approvalAsks } from '#core/decision/approvers.ts'
import { judgeApprovals, NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import { type DutyEvent, startDuties } from '#core/duty/start-duties.ts'
import { type EndpointUrn, type HandoffId, makeHandoffId, oinOf } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { Verified } from '#core/message/content.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { caseKeyId, openDecisions } from './archive.ts'
import { askArchive } from './ask-archive.ts'
import type { EvaluationContext } from './evaluator.ts'
import type { ApprovalGiven, NewHandoff } from './outcome.ts'
import {
  decidesNothing,
  type OutcomeDraft,
  type Parties,
  partiesOfRow,
  type RecordPart,
} from './outcome-draft.ts'
import { type ApprovalClaim, type Sealer, sealingCertificate } from './sealer.ts'
import {
  type Decided,
  decideApprovalRequest,
  decideApproved,
  decideHandoff,
  isPermitted,
  redact,
} from './stages.ts'

/** What all hand-offs of one message share. */
export interface MessageFrame {
  readonly verified: Verified
  readonly caseRef: string
  readonly contentKey: string | null
}

/** Digest of a person under the case key: comparable within the case, meaningless outside it (Wpg 4a, data protection by design). */
export async function actorDigest(
  context: EvaluationContext,
  caseRef: string,
  from: EndpointUrn,
  actor: string,
): Promise<string> {
  const key = await context.keys.ensure(caseKeyId(caseRef, context.fold.generation(caseRef)), 'case')
  return createHmac('sha256', key.bytes)
    .update(`actor:${oinOf(from)}:${actor}`)
    .digest('base64url')
}

const partiesOf = (decided: Decided): Parties => ({
  from: decided.question.from,
  to: decided.question.to,
  type: decided.question.type,
})

export function recordOf(
  decided: Decided,
  handoff: HandoffId,
  state: RecordPart['state'],
  cause: string,
  sdHash: string | null,
): RecordPart {
  const { question, verdict, verified } = decided
  return { handoff, state, cause, question, verdict, message: verified.issuerDigest, sdHash }
}

/** The verdict on a held hand-off now, with the approvals given for it so far and those of this very input. */
export async function askAgain(
  context: EvaluationContext,
  row: HandoffRow,
  verified: Verified,
  index: number,
  fresh: readonly ApprovalGiven[] = [],
): Promise<Decided> {
  const { epoch, at, fold } = context
  const bare = decideHandoff(verified, index, epoch, at, NO_APPROVALS)
  const given = [...fold.approvals(row.handoff), ...fresh]
  if (given.length === 0) return bare
  const { actor } = verified.toExchange.preparedBy
  const input = {
    given,
    preparedByDigest: await actorDigest(context, row.caseRef, row.from, actor),
    from: row.from,
    type: verified.type.name,
    presentations: await presentationsOf(context, row.handoff),
    epoch,
    at,
  }
  return decideApproved(bare, epoch, at, (wouldShow) => judgeApprovals({ ...input, wouldShow }))
}

/** What each approver was shown when asked: from the decision record of the request, kept while the hold is open. */
async function presentationsOf(context: EvaluationContext, held: HandoffId) {
  const presentations: { guard: string; digest: string; shown: readonly string[] }[] = []
  for (const asking of context.fold.asking(held)) {
    const sealed = context.fold.archive(askArchive(asking.handoff))
    if (!sealed || !asking.asks || !asking.sdHash) continue
    const place = { partition: asking.partition, seq: asking.seq }
    const records = (await openDecisions(context.keys, sealed, place)) ?? []
    const record = records.find((one) => one.handoff === asking.handoff)
    if (!record?.verdict) continue
    presentations.push({ guard: asking.asks.guard, digest: asking.sdHash, shown: record.verdict.shown })
  }
  return presentations
}

/** Decides one recipient and adds its hand-off, and the approval requests of a hold, to the draft. */
export async function evaluateRecipient(
  draft: OutcomeDraft,
  sealer: Sealer,
  frame: MessageFrame,
  index: number,
): Promise<void> {
  const { epoch, at } = draft.context
  const decided = decideHandoff(frame.verified, index, epoch, at, NO_APPROVALS)
  if (isPermitted(decided.verdict)) return addSealed(draft, sealer, frame, decided, null)
  const handoff = nextId(draft)
  if (decided.verdict.kind === 'deny') return addUnsealed(draft, frame, decided, handoff, 'refused')
  const asks = approvalAsks(decided.question, decided.verdict, epoch)
  const requests: { decided: Decided; guard: string; ask: string }[] = []
  for (const ask of asks) {
    if (!ask.to || !sealingCertificate(epoch, ask.to, at))
      return addUnsealed(draft, frame, decided, handoff, 'refused', 'approver-missing')
    const request = decideApprovalRequest(decided, ask.row, ask.to, epoch, at)
    if (!isPermitted(request.verdict))
      return addUnsealed(draft, frame, decided, handoff, 'refused', 'approval-not-permitted')
    requests.push({ decided: request, guard: ask.guard, ask: ask.row.nl })
  }
  addUnsealed(draft, frame, decided, handoff, 'held')
  for (const request of requests) {
    const claim: ApprovalClaim = {
      handOff: handoff,
      guard: request.guard,
      ask: request.ask,
      until: at + LIMITS.heldDeadlineMs,
    }
    await addSealed(draft, sealer, frame, request.decided, claim)
  }
}

function nextId(draft: OutcomeDraft): HandoffId {
  const { partition, seq, random } = draft.context
  return makeHandoffId(partition, seq, random.bytes(8))
}

function newHandoff(frame: MessageFrame, decided: Decided, handoff: HandoffId) {
  return {
    kind: 'handoff',
    handoff,
    caseRef: frame.caseRef as NewHandoff['caseRef'],
    message: frame.verified.visible.jti,
    from: decided.question.from,
    to: decided.question.to,
    type: decided.question.type,
    contentKey: frame.contentKey,
    certificate: frame.verified.certificate.thumbprint,
  } as const
}

function addUnsealed(
  draft: OutcomeDraft,
  frame: MessageFrame,
  decided: Decided,
  handoff: HandoffId,
  state: 'held' | 'refused',
  cause = 'decided',
): void {
  const deadline = state === 'held' ? draft.context.at + LIMITS.heldDeadlineMs : null
  const effect: NewHandoff = {
    ...newHandoff(frame, decided, handoff),
    state,
    deadline,
    sealed: null,
    sdHash: null,
    asks: null,
  }
  const parties = partiesOf(decided)
  draft.add(effect, recordOf(decided, handoff, state, cause, null), parties)
  const { epoch, at } = draft.context
  for (const duty of startDuties(decided, handoff, epoch, at, 'made')) draft.addDuty(duty, parties)
}

async function addSealed(
  draft: OutcomeDraft,
  sealer: Sealer,
  frame: MessageFrame,
  decided: Decided,
  claim: ApprovalClaim | null,
): Promise<void> {
  const handoff = nextId(draft)
  const { epoch, at } = draft.context
  const duties = claim ? [] : startDuties(decided, handoff, epoch, at, 'both')
  const sealed = await sealer.seal(redact(decided), handoff, draft.context, claim, duties)
  const effect: NewHandoff = {
    ...newHandoff(frame, decided, handoff),
    state: 'sealed',
    deadline: sealedDeadline(decided, draft.context.at),
    sealed: sealed.bytes,
    sdHash: sealed.sdHash,
    asks: claim ? { handoff: claim.handOff, guard: claim.guard } : null,
  }
  const cause = claim ? `asks:${claim.guard}` : 'decided'
  draft.add(effect, recordOf(decided, handoff, 'sealed', cause, sealed.sdHash), partiesOf(decided))
  if (!claim) speak(draft, decided, handoff, frame.caseRef, duties)
}

/** A hand-off that leaves begins its duties, and counts for those that are there. */
function speak(
  draft: OutcomeDraft,
  { verified, index, question }: Decided,
  handoff: HandoffId,
  caseRef: string,
  duties: readonly DutyEvent[],
): void {
  const { from, to, type } = question
  for (const duty of duties) draft.addDuty(duty, { from, to, type })
  draft.say({ verified, index, handoff, to, caseRef })
}

/** Sealed hand-offs wait at most seven days, and never past the validity that their terms state. */
export function sealedDeadline(decided: Decided, at: number): number {
  const validUntil = decided.question.terms.validUntil
  const latest = at + LIMITS.sealedDeadlineMs
  return validUntil === null ? latest : Math.min(latest, Math.max(validUntil, at + 1))
}

/** A held hand-off asked again: sealed, refused, or unchanged (undefined). */
export async function settleHeld(
  draft: OutcomeDraft,
  sealer: Sealer,
  row: HandoffRow,
  decided: Decided,
  cause: 'approval' | 'sweep',
): Promise<void> {
  const { context } = draft
  const parties = partiesOf(decided)
  if (decided.verdict.kind === 'hold') {
    if (cause === 'approval') draft.record(recordOf(decided, row.handoff, 'held', cause, null), parties)
    return
  }
  if (isPermitted(decided.verdict) && !sealingCertificate(context.epoch, row.to, context.at)) {
    // Permitted, but nothing can be sealed to its recipient any more: it ends without having been shown to anybody.
    changeState(draft, row, 'recalled', 'suspended')
    recallRequests(draft, row.handoff)
    return
  }
  const change = { kind: 'state', handoff: row.handoff, cause } as const
  if (decided.verdict.kind === 'deny') {
    draft.add(
      { ...change, state: 'refused', deadline: null, sealed: null, sdHash: null },
      recordOf(decided, row.handoff, 'refused', cause, null),
      parties,
    )
  } else {
    const duties = startDuties(decided, row.handoff, context.epoch, context.at, 'sealed')
    const sealed = await sealer.seal(redact(decided), row.handoff, context, null, duties)
    draft.add(
      {
        ...change,
        state: 'sealed',
        deadline: sealedDeadline(decided, context.at),
        sealed: sealed.bytes,
        sdHash: sealed.sdHash,
      },
      recordOf(decided, row.handoff, 'sealed', cause, sealed.sdHash),
      parties,
    )
    speak(draft, decided, row.handoff, row.caseRef, duties)
  }
  recallRequests(draft, row.handoff)
}

/** Open questions to approvers about a hand-off that is no longer held. */
export function recallRequests(draft: OutcomeDraft, held: HandoffId): void {
  for (const asking of draft.context.fold.asking(held)) {
    if (asking.state === 'sealed' && !changedHere(draft, asking.handoff)) {
      changeState(draft, asking, 'recalled', 'superseded')
    }
  }
}

/** The fold shows what was before this outcome: a hand-off that this very draft has changed must not be changed by it again. */
export function changedHere(draft: OutcomeDraft, handoff: HandoffId): boolean {
  return draft.effects.some((effect) => effect.kind === 'state' && effect.handoff === handoff)
}

/** A change that decides nothing. */
export function changeState(
  draft: OutcomeDraft,
  row: HandoffRow,
  state: 'delivered' | 'expired' | 'recalled',
  cause: 'acknowledged' | 'deadline' | 'superseded' | 'suspended' | 'erased',
): void {
  draft.add(
    { kind: 'state', handoff: row.handoff, state, cause, deadline: null, sealed: null, sdHash: null },
    decidesNothing(row.handoff, state, cause, row.sdHash),
    partiesOfRow(row),
  )
}

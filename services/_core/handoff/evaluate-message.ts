/** One inbound message: open → verify → repeat? → case → what it is for (design §1, §3). */
import { asFailure, type Failure, fail } from '#core/failure.ts'
import { type EndpointUrn, isCaseRef, isHandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { partitionOf } from '#core/log/partition.ts'
import type { Signed, Verified } from '#core/message/content.ts'
import { carriesImagery } from '#core/message/prohibited-content.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { caseKeyId, sealArchive, sealUnopened } from './archive.ts'
import type { Doorway } from './doorway.ts'
import { evaluateAcknowledgement } from './evaluate-acknowledgement.ts'
import { evaluateApproval } from './evaluate-approval.ts'
import { changeState, evaluateRecipient, type MessageFrame, recallRequests } from './evaluate-recipient.ts'
import type { Evaluation, EvaluationContext, Input } from './evaluator.ts'
import { isOwn } from './is-own.ts'
import { answered, OutcomeDraft } from './outcome-draft.ts'
import { type Sealer, sealingCertificate } from './sealer.ts'

/** Failures whose message is not kept at all: imagery is never stored (G18). */
const NOT_ARCHIVED = new Set<string>(['MSG_CONTENT_PROHIBITED'])

const CASE_ROWS_FIRST = 16

/** All copies of one message, archive and requests for approval included, are one record: the rest of it is for what is said of them. */
const COPIES_MAX = LIMITS.outcomeBytesMax - 64 * 1024

export async function evaluateMessage(
  input: Input,
  context: EvaluationContext,
  doorway: Doorway,
  sealer: Sealer,
): Promise<Evaluation> {
  const draft = new OutcomeDraft(context)
  draft.submitter = input.inbound.submitter
  draft.outerId = input.inbound.attributes['id'] ?? null
  let sdJwt: string | undefined
  let signed: Signed | undefined
  try {
    const opened = await doorway.open(input, context)
    sdJwt = opened.sdJwt
    signed = doorway.verifySignature(opened, input, context)
    const first = context.fold.seen(signed.visible.iss, signed.visible.jti)
    if (first && first.digest === signed.issuerDigest) {
      return draft.finish({ kind: 'repeat', code: null, pointer: null, repeatOf: first.seq })
    }
    if (first) fail('MSG_ID_REUSED', '/jti')
    const verified = await doorway.verifyContent(signed, input, context)
    return await evaluateVerified(draft, sealer, verified, sdJwt)
  } catch (error) {
    const failure = asFailure(error)
    if (failure.family === 'OPS' || failure.family === 'BUG') throw error
    return refuse(input, context, failure, sdJwt, signed)
  }
}

/** A refusal of the whole message: the id counts as used only when the signature held and the peer is not the cause. */
async function refuse(
  input: Input,
  context: EvaluationContext,
  failure: Failure,
  sdJwt: string | undefined,
  signed: Signed | undefined,
): Promise<Evaluation> {
  const draft = new OutcomeDraft(context)
  draft.submitter = input.inbound.submitter
  draft.outerId = input.inbound.attributes['id'] ?? null
  if (signed && failure.family !== 'PEER' && failure.code !== 'MSG_ID_REUSED') draft.seen = seenOf(signed)
  if (sdJwt === undefined) {
    draft.archive = await sealUnopened(context, input.inbound.body)
  } else if (!NOT_ARCHIVED.has(failure.code) && !carriesImagery(sdJwt)) {
    const { archive, row } = await sealArchive(context, refusedKeyId(input, context), sdJwt)
    draft.archive = archive
    draft.keep(row)
  }
  draft.record({
    handoff: null,
    state: 'message-refused',
    cause: failure.code,
    question: null,
    verdict: null,
    message: signed?.issuerDigest ?? null,
    sdHash: null,
  })
  return draft.finish(answered('refused', failure.code, failure.pointer ?? null))
}

/**
 * What was refused goes with the case it was sent to when that is erased, whether or not its sender may take part in it; only
 * what names no case of this partition has a wrapping key of its own.
 */
function refusedKeyId(input: Input, { fold, partition }: EvaluationContext): string {
  const subject = input.inbound.attributes['subject'] ?? ''
  const known = isHandoffId(subject) ? fold.handoff(subject)?.caseRef : undefined
  const caseRef = known ?? (isCaseRef(subject) && partitionOf(subject) === partition ? subject : undefined)
  if (caseRef !== undefined) return caseKeyId(caseRef, fold.generation(caseRef))
  return caseKeyId(`refused-${Buffer.from(input.digest).toString('hex').slice(0, 32)}`)
}

function seenOf(signed: Signed) {
  const { iss, jti, submitBy } = signed.visible
  return { iss, jti, digest: signed.issuerDigest, until: submitBy + LIMITS.seenKeptMs }
}

async function evaluateVerified(
  draft: OutcomeDraft,
  sealer: Sealer,
  verified: Verified,
  sdJwt: string,
): Promise<Evaluation> {
  const { context } = draft
  const caseRef = caseOf(verified, context)
  draft.seen = {
    iss: verified.visible.iss,
    jti: verified.visible.jti,
    digest: verified.issuerDigest,
    until: verified.visible.submitBy + LIMITS.seenKeptMs,
  }
  if (verified.type.name === 'acknowledged') evaluateAcknowledgement(draft, verified)
  const superseded = supersededBy(verified, caseRef, context)
  checkReply(verified, caseRef, context)
  checkReachable(verified, context)
  const { archive, row } = await sealArchive(
    context,
    caseKeyId(caseRef, context.fold.generation(caseRef)),
    sdJwt,
  )
  draft.archive = archive
  const frame: MessageFrame = { verified, caseRef, contentKey: archive.keyId }
  if (verified.type.name === 'approval.given') await evaluateApproval(draft, sealer, verified, caseRef)
  if (verified.type.toExchange) draft.say({ verified, index: -1, handoff: null, to: null, caseRef })
  for (let index = 0; index < verified.terms.length; index++) {
    await evaluateRecipient(draft, sealer, frame, index)
  }
  if (draft.size > COPIES_MAX) fail('MSG_SIZE', '/terms')
  if (superseded) supersede(draft, superseded)
  if (mustForget(draft)) forget(draft, archive.keyId)
  else draft.keep(row)
  return draft.finish(answered('decided'))
}

/**
 * A protected source disclosed to the exchange itself (N-39): nobody may ever read it, so its content key never becomes
 * durable. Only when nothing of the message goes on.
 */
function mustForget(draft: OutcomeDraft): boolean {
  const verdicts = draft.records.flatMap((record) => record.verdict ?? [])
  const allDenied = verdicts.length > 0 && verdicts.every((verdict) => verdict.kind === 'deny')
  return (
    allDenied &&
    verdicts.some((verdict) => verdict.reasons.some((reason) => reason.code === 'SOURCE_PROTECTED'))
  )
}

function forget(draft: OutcomeDraft, contentKey: string): void {
  const first = draft.effects.find((effect) => effect.kind === 'handoff')
  if (!first) return
  draft.add(
    { kind: 'erased', handoff: first.handoff, scope: 'message', keys: [contentKey] },
    {
      handoff: first.handoff,
      state: 'erased',
      cause: 'SOURCE_PROTECTED',
      question: null,
      verdict: null,
      message: null,
      sdHash: null,
    },
    { from: first.from, to: first.to, type: first.type },
  )
}

/** The case this message belongs to; whoever is not part of it gets no further (`MSG_SUBJECT`). */
function caseOf(verified: Verified, context: EvaluationContext): string {
  const { subject } = verified.toExchange
  if (partitionOf(subject) !== context.partition) fail('MSG_ROUTE', '/subject')
  const own = (urn: EndpointUrn) => isOwn(verified, urn, context)
  if (isHandoffId(subject)) {
    const row = context.fold.handoff(subject)
    const asked = row?.state === 'held' && context.fold.asking(row.handoff).some((request) => own(request.to))
    if (!row || !(own(row.from) || own(row.to) || asked)) return fail('MSG_SUBJECT', '/subject')
    return row.caseRef
  }
  const isPart = (rows: readonly HandoffRow[]) => rows.some((row) => own(row.from))
  // Who minted a case is in its first rows as a rule: the rest is read for those who are not.
  const first = context.fold.ofCase(subject, CASE_ROWS_FIRST)
  if (first.length > 0 && !isPart(first) && !isPart(context.fold.ofCase(subject)))
    fail('MSG_SUBJECT', '/subject')
  if (!isCaseRef(subject) && subject !== verified.visible.jti) fail('MSG_SUBJECT', '/subject')
  return subject
}

function supersededBy(
  verified: Verified,
  caseRef: string,
  context: EvaluationContext,
): HandoffRow | undefined {
  const { supersedes } = verified.toExchange
  if (supersedes === null) return undefined
  // What is for the exchange changes hand-offs itself: it cannot end one and settle it too.
  if (verified.type.toExchange) fail('MSG_SUPERSEDES', '/toExchange/supersedes')
  const row = context.fold.handoff(supersedes)
  if (!row || row.caseRef !== caseRef || row.from !== verified.visible.iss) {
    return fail('MSG_SUPERSEDES', '/toExchange/supersedes')
  }
  return row
}

function checkReply(verified: Verified, caseRef: string, context: EvaluationContext): void {
  const { inReplyTo } = verified.toExchange
  if (inReplyTo === null) return
  const row = context.fold.handoff(inReplyTo)
  if (!row || row.caseRef !== caseRef || !isOwn(verified, row.to, context)) {
    fail('MSG_IN_REPLY_TO', '/toExchange/inReplyTo')
  }
}

function checkReachable(verified: Verified, context: EvaluationContext): void {
  verified.terms.forEach(({ terms }, index) => {
    if (!sealingCertificate(context.epoch, terms.to, context.at)) {
      fail('MSG_RECIPIENT_UNKNOWN', `/terms/${index}/to`, 'no sealing certificate')
    }
  })
}

function supersede(draft: OutcomeDraft, row: HandoffRow): void {
  if (row.state !== 'held' && row.state !== 'sealed') return
  changeState(draft, row, 'recalled', 'superseded')
  recallRequests(draft, row.handoff)
}

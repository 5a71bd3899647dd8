/** Commands of our own services: released (courier), erase (operator). Each is signed; who may command is in control. */
import { asFailure, fail } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { caseKeyId, sealUnopened } from './archive.ts'
import { changeState, recallRequests } from './evaluate-recipient.ts'
import type { Evaluation, EvaluationContext, Input } from './evaluator.ts'
import { answered, OutcomeDraft } from './outcome-draft.ts'
import { ofSameMessage } from './same-message.ts'
import { type VerifiedCommand, verifyCommand } from './verify-command.ts'

export async function evaluateCommand(input: Input, context: EvaluationContext): Promise<Evaluation> {
  const draft = new OutcomeDraft(context)
  draft.outerId = input.inbound.attributes['id'] ?? null
  try {
    const verified = verifyCommand(input.inbound.body, context.epoch, context.at, input.receivedAt)
    const { command } = verified
    const row = context.fold.handoff(command.handoff)
    if (!row) return fail('OPS_NOT_FOUND', '/handoff')
    if (command.cmd === 'released') release(draft, row)
    else {
      once(draft, verified)
      erase(draft, row, command.scope)
    }
    return await draft.finish(answered('commanded'))
  } catch (error) {
    const failure = asFailure(error)
    // A command that names nothing is answered, not retried: only a store that is away is worth another try.
    if (failure.family === 'BUG' || (failure.family === 'OPS' && failure.code !== 'OPS_NOT_FOUND'))
      throw error
    const refused = new OutcomeDraft(context)
    refused.outerId = draft.outerId
    refused.archive = await sealUnopened(context, input.inbound.body)
    return refused.finish(answered('refused', failure.code, failure.pointer ?? null))
  }
}

/** Releasing twice changes nothing; erasing a case again, by the same command, would take what came to it since. */
function once(draft: OutcomeDraft, { jti, digest, until }: VerifiedCommand): void {
  const { epoch, fold } = draft.context
  if (fold.seen(epoch.exchange, jti)) fail('MSG_ID_REUSED', '/jti')
  draft.seen = { iss: epoch.exchange, jti, digest, until: until + LIMITS.seenKeptMs }
}

function fact(row: HandoffRow, state: 'released' | 'erased', cause: string) {
  return {
    handoff: row.handoff,
    state,
    cause,
    question: null,
    verdict: null,
    message: null,
    sdHash: row.sdHash,
  }
}

/** Only what is sealed and readable is released, once. */
function release(draft: OutcomeDraft, row: HandoffRow): void {
  if (row.state !== 'sealed' || row.released || row.content === 'erased') return
  const parties = { from: row.from, to: row.to, type: row.type }
  draft.add({ kind: 'released', handoff: row.handoff }, fact(row, 'released', 'courier'), parties)
}

/** Destroys the content key of the hand-off's message, or the keys of its whole case; what is still open is recalled. */
function erase(draft: OutcomeDraft, row: HandoffRow, scope: 'message' | 'case'): void {
  const { fold } = draft.context
  const rows = scope === 'case' ? fold.ofCase(row.caseRef) : ofSameMessage(fold, row)
  const contentKeys = rows.flatMap((one) =>
    one.contentKey && one.content === 'present' ? [one.contentKey] : [],
  )
  const keys = [
    ...new Set(contentKeys),
    ...(scope === 'case' ? [caseKeyId(row.caseRef, fold.generation(row.caseRef))] : []),
  ]
  const parties = { from: row.from, to: row.to, type: row.type }
  draft.add({ kind: 'erased', handoff: row.handoff, scope, keys }, fact(row, 'erased', scope), parties)
  const recalled = new Set<HandoffId>()
  for (const one of rows) {
    if ((one.state !== 'held' && one.state !== 'sealed') || recalled.has(one.handoff)) continue
    recalled.add(one.handoff)
    changeState(draft, one, 'recalled', 'erased')
    if (one.state === 'held') recallRequestsNotIn(draft, one, recalled)
  }
}

function recallRequestsNotIn(draft: OutcomeDraft, held: HandoffRow, recalled: Set<HandoffId>): void {
  const open = draft.context.fold.asking(held.handoff).filter((row) => row.state === 'sealed')
  if (open.every((row) => recalled.has(row.handoff))) return
  recallRequests(draft, held.handoff)
  for (const row of open) recalled.add(row.handoff)
}

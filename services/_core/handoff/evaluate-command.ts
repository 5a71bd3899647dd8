/** Commands of our own services: released (courier), erase (operator). Each is signed; who may command is in control. */
import { asFailure, fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { sealUnopened } from './archive.ts'
import { eraseContent } from './erase-content.ts'
import type { Evaluation, EvaluationContext, Input } from './evaluator.ts'
import { answered, decidesNothing, OutcomeDraft, partiesOfRow } from './outcome-draft.ts'
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
      eraseContent(draft, row, command.scope, command.scope)
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

/** Only what is sealed and readable is released, once. */
function release(draft: OutcomeDraft, row: HandoffRow): void {
  if (row.state !== 'sealed' || row.released || row.content === 'erased') return
  const { handoff, sdHash } = row
  const part = decidesNothing(handoff, 'released', 'courier', sdHash)
  draft.add({ kind: 'released', handoff }, part, partiesOfRow(row))
}

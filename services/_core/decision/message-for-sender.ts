import type { FailureCode } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import type { MessageStatus, View } from '#core/ports/view.ts'
import type { Epoch } from './epoch.ts'
import { handoffForSender } from './handoff-for.ts'

const STATES = { refused: 'refused', parked: 'parked' } as const

function errorOf(status: MessageStatus) {
  if (status.code === null) return null
  const text = FAILURES[status.code as FailureCode]
  return {
    code: status.code,
    title: text?.en ?? status.code,
    pointer: status.pointer,
    next: text?.next ?? '',
  }
}

/** Status with a full hand-off each, for the sender; whichever way it goes there (HTTP, a topic of its own). */
export async function messageForSender(
  view: Pick<View, 'handoff' | 'decisions'>,
  epoch: Epoch,
  status: MessageStatus,
) {
  const handoffs = []
  for (const id of status.handoffs) {
    const row = view.handoff(id)
    if (row) handoffs.push(handoffForSender(row, await view.decisions(id), epoch))
  }
  const state = status.answer === 'refused' || status.answer === 'parked' ? STATES[status.answer] : 'decided'
  const at = new Date(status.at).toISOString()
  return { id: status.outerId, state, at, error: errorOf(status), handoffs } as const
}

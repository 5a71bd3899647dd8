import { type FailureCode, fail } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import { type HandoffId, oinOf } from '#core/ids.ts'
import type { MessageStatus } from '#core/ports/view.ts'
import { handoffForRecipient, handoffForSender } from './handoff-for.ts'
import type { Identity } from './identity.ts'
import type { GatewayPorts } from './ports.ts'

type StatusPorts = Pick<GatewayPorts, 'view' | 'control'>

/** What became of a message that this identity, or one it carries, handed in. */
export function findMessage(ports: StatusPorts, identity: Identity, id: string): MessageStatus | undefined {
  for (const oin of identity.oins) {
    const status = ports.view.message(oin, id)
    if (status) return status
  }
  return undefined
}

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

/** Status with a full hand-off each, for the sender. */
export async function messageForSender(ports: StatusPorts, status: MessageStatus) {
  const { epoch } = ports.control.current()
  const handoffs = []
  for (const id of status.handoffs) {
    const row = ports.view.handoff(id)
    if (row) handoffs.push(handoffForSender(row, await ports.view.decisions(id), epoch))
  }
  const state = status.answer === 'refused' || status.answer === 'parked' ? STATES[status.answer] : 'decided'
  const at = new Date(status.at).toISOString()
  return { id: status.outerId, state, at, error: errorOf(status), handoffs } as const
}

/** The sender's or the recipient's reading of a hand-off; what is not this identity's does not exist for it. */
export async function readHandoff(ports: StatusPorts, identity: Identity, id: HandoffId) {
  const row = ports.view.handoff(id)
  if (!row) return fail('OPS_NOT_FOUND')
  if (identity.oins.has(oinOf(row.from)))
    return handoffForSender(row, await ports.view.decisions(id), ports.control.current().epoch)
  if (row.released && identity.oins.has(oinOf(row.to)))
    return handoffForRecipient(row, await ports.view.decisions(id))
  return fail('OPS_NOT_FOUND')
}

import { handoffForRecipient, handoffForSender } from '#core/decision/handoff-for.ts'
import { messageForSender } from '#core/decision/message-for-sender.ts'
import { type DutyReader, dutiesFor } from '#core/duty/duties-for.ts'
import { fail } from '#core/failure.ts'
import { type HandoffId, oinOf } from '#core/ids.ts'
import type { MessageStatus } from '#core/ports/view.ts'
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

/** Status with a full hand-off each, for the sender. */
export function readMessage(ports: StatusPorts, status: MessageStatus) {
  return messageForSender(ports.view, ports.control.current().epoch, status)
}

/** A hand-off that this identity sent or received, or both; what is not its own does not exist for it. */
function findHandoff(ports: StatusPorts, identity: Identity, id: HandoffId) {
  const row = ports.view.handoff(id)
  if (!row) return fail('OPS_NOT_FOUND')
  const readers: DutyReader[] = []
  if (identity.oins.has(oinOf(row.from))) readers.push('sender')
  if (row.released && identity.oins.has(oinOf(row.to))) readers.push('recipient')
  return readers.length > 0 ? { row, readers } : fail('OPS_NOT_FOUND')
}

/** The sender's or, for who is not, the recipient's reading of a hand-off. */
export async function readHandoff(ports: StatusPorts, identity: Identity, id: HandoffId) {
  const { row, readers } = findHandoff(ports, identity, id)
  const decisions = await ports.view.decisions(id)
  if (!readers.includes('sender')) return handoffForRecipient(row, decisions)
  return handoffForSender(row, decisions, ports.control.current().epoch)
}

/** Its deadlines, as far as they are this identity's or it is owed an answer. */
export function readDuties(ports: StatusPorts, identity: Identity, id: HandoffId) {
  const { row, readers } = findHandoff(ports, identity, id)
  const duties = dutiesFor(ports.view.dutiesOf(row.handoff), readers, ports.control.current().epoch)
  return { handoff: row.handoff, duties }
}

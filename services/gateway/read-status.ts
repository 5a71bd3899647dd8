import { handoffForRecipient, handoffForSender } from '#core/decision/handoff-for.ts'
import { messageForSender } from '#core/decision/message-for-sender.ts'
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

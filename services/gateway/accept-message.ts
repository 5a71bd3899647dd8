import { Failure } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import { partitionOf } from '#core/log/partition.ts'
import type { Identity } from './identity.ts'
import type { GatewayPorts } from './ports.ts'
import type { OuterAttributes } from './read-attributes.ts'

/**
 * Appends one framed message to `inbound`, in the partition its subject names, and answers where. Returns only when it is durable; any doubt
 * throws `OPS_LOG_UNAVAILABLE` and the sender tries again with the same bytes: a repeat has no second effect.
 */
export async function acceptMessage(
  ports: Pick<GatewayPorts, 'log' | 'encodeInbound'>,
  identity: Identity,
  attributes: OuterAttributes,
  body: Uint8Array,
): Promise<{ readonly partition: number; readonly position: number }> {
  const inbound: Inbound = {
    kind: 'message',
    attributes: { ...attributes },
    submitter: identity.partner.oin,
    redriveOf: null,
    body,
  }
  const entry = ports.encodeInbound(inbound)
  try {
    const partition = partitionOf(attributes.subject)
    const { position } = await ports.log.put(partition, entry)
    return { partition, position }
  } catch (error) {
    if (error instanceof Failure) throw error
    const doubt = new Failure('OPS_LOG_UNAVAILABLE')
    doubt.cause = error
    throw doubt
  }
}

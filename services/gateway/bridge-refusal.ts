import { problemOf } from '#adapters/http/problem.ts'
import type { Failure } from '#core/failure.ts'
import { parseMessageId } from '#core/ids.ts'
import { timeOf } from '#core/message/cloudevents.ts'
import type { PartnerEntry, PartnerRecord } from '#core/ports/partner-topics.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import type { BridgePorts } from './bridge-partner-topics.ts'
import { namedId } from './read-partner-record.ts'

export const REFUSED_TYPE = 'nl.schakel.refused.v1'

function messageIdOf(record: PartnerRecord): string | null {
  try {
    return parseMessageId(namedId(record), '/ce-id')
  } catch {
    return null
  }
}

/**
 * What the gateway itself refuses never reaches the log: this event on `p.<oin>.out` is its only answer. The problem of
 * RFC 9457 with the position in `in` and, where the record names one, the message id; nothing else of what was sent.
 * The same record gives the same `ce_id`.
 */
export function refusalEvent(
  ports: Pick<BridgePorts, 'control' | 'clock' | 'random'>,
  record: PartnerRecord,
  failure: Failure,
): PartnerEntry {
  const id = `in-${record.position}`
  const message = messageIdOf(record)
  const problem = problemOf(failure, { id: uuidV4(ports.random.bytes(16)), language: 'en' })
  return {
    key: id,
    headers: {
      ce_specversion: '1.0',
      ce_id: id,
      ce_source: ports.control.current().epoch.exchange,
      ce_type: REFUSED_TYPE,
      ce_subject: message ?? id,
      ce_time: timeOf(ports.clock.now()),
      'content-type': 'application/problem+json',
    },
    value: Buffer.from(JSON.stringify({ ...problem, position: record.position, message })),
  }
}

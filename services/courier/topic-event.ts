import type { Epoch } from '#core/decision/epoch.ts'
import { handoffForSender } from '#core/decision/handoff-for.ts'
import { messageForSender } from '#core/decision/message-for-sender.ts'
import { sealingCertificate } from '#core/handoff/sealer.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { timeOf } from '#core/message/cloudevents.ts'
import { encryptJwe } from '#core/message/jwe.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { PartnerEntry } from '#core/ports/partner-topics.ts'
import type { SenderChange } from '#core/ports/view.ts'
import type { CourierPorts } from './ports.ts'
import { headersOf } from './push.ts'

export const STATUS_TYPE = 'nl.schakel.status.v1'
const JOSE = 'application/jose'

function kafkaHeaders(http: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const own = Object.entries(http).map(([name, value]) => [name.replace(/^ce-/, 'ce_'), value])
  return { ...Object.fromEntries(own), 'content-type': JOSE }
}

/** A hand-off on its recipient's topic: the attributes of the HTTP push, the value the bare JWE. */
export function handoffEvent(
  row: HandoffRow,
  jwe: string,
  epoch: Epoch,
  traceparent: string | undefined,
): PartnerEntry {
  const traced = traceparent === undefined ? {} : { 'ce-traceparent': traceparent }
  const headers = kafkaHeaders({ ...headersOf(row, epoch), ...traced })
  return { key: row.handoff, headers, value: Buffer.from(jwe) }
}

/** Names the outcome that answered or changed; a repeat carries the first answer's, as its status does. */
export function statusId({ partition, seq, about, status }: SenderChange): string {
  return status ? `st-${status.partition}-${status.seq}` : `st-${partition}-${seq}-${about}`
}

async function bodyOf(ports: Pick<CourierPorts, 'view'>, change: SenderChange, epoch: Epoch) {
  if (change.status) return messageForSender(ports.view, epoch, change.status)
  const row = ports.view.handoff(change.about as HandoffRow['handoff'])
  return row && handoffForSender(row, await ports.view.decisions(row.handoff), epoch)
}

/**
 * What `GET /v1/messages/{id}` or `GET /v1/handoffs/{id}` shows the sender, sealed to it like a hand-off: brokers see that something
 * happened, not what. Undefined: nothing to tell, or the partner has no sealing certificate in force.
 */
export async function statusEvent(
  ports: Pick<CourierPorts, 'view' | 'random' | 'clock'>,
  change: SenderChange,
  to: EndpointUrn,
  epoch: Epoch,
): Promise<PartnerEntry | undefined> {
  const certificate = sealingCertificate(epoch, to, ports.clock.now())
  const body = certificate && (await bodyOf(ports, change, epoch))
  if (!certificate || !body) return undefined
  const recipient = { kid: certificate.thumbprint, publicKey: certificate.publicKey }
  const jwe = encryptJwe(Buffer.from(JSON.stringify(body)), recipient, { cty: 'json' }, ports.random)
  const id = statusId(change)
  const headers = {
    ce_specversion: '1.0',
    ce_id: id,
    ce_source: epoch.exchange,
    ce_type: STATUS_TYPE,
    ce_subject: change.about,
    ce_time: timeOf(change.at),
    'content-type': JOSE,
  }
  return { key: id, headers, value: Buffer.from(jwe) }
}

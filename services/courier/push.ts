import type { Endpoint, Epoch } from '#core/decision/epoch.ts'
import { asFailure, Failure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { ViewCursor } from '#core/ports/view.ts'
import type { CourierPorts } from './ports.ts'
import { backoffMs, parseRetryAfter } from './retry-delay.ts'

export type PushEndpoint = Endpoint & { readonly delivery: { readonly kind: 'push'; readonly url: string } }

/** gone: the partner answered 410, nothing more goes there · failed: given up on this one, the partner can still read its inbox. */
export type PushResult = 'pushed' | 'gone' | 'failed'

const IDLE_MS = 1_000

export function pushEndpoints(epoch: Epoch): readonly PushEndpoint[] {
  const found: PushEndpoint[] = []
  for (const endpoint of epoch.endpoints.values()) {
    const { delivery } = endpoint
    const partner = epoch.partners.get(endpoint.oin)
    if (delivery.kind === 'push' && partner && !partner.suspended) found.push({ ...endpoint, delivery })
  }
  return found
}

/** CloudEvents attributes of a hand-off on its way out, as HTTP headers. */
export function headersOf(row: HandoffRow, epoch: Epoch): Readonly<Record<string, string>> {
  const type = [...epoch.types.values()].find((each) => each.name === row.type)
  return {
    'ce-specversion': '1.0',
    'ce-id': row.handoff,
    'ce-source': epoch.exchange,
    'ce-type': type?.vct ?? `nl.schakel.${row.type}.v1`,
    'ce-subject': row.handoff,
    'ce-time': new Date(row.at).toISOString(),
  }
}

/** Sends one released hand-off until it is taken, refused for good, or tried `LIMITS.pushAttemptsMax` times. */
export async function pushHandoff(
  ports: CourierPorts,
  endpoint: PushEndpoint,
  row: HandoffRow,
  signal: AbortSignal,
): Promise<PushResult> {
  const sealed = await ports.view.sealed(row.handoff)
  const jwe = sealed && (await ports.openTransit(row, sealed))
  if (jwe === undefined) return 'failed'
  const traceparent = ports.traceparent?.(row.handoff)
  const headers = {
    ...headersOf(row, ports.control.current().epoch),
    ...(traceparent ? { 'ce-traceparent': traceparent } : {}),
  }
  for (let attempt = 1; attempt <= LIMITS.pushAttemptsMax && !signal.aborted; attempt += 1) {
    let wait: number | undefined
    const start = ports.clock.now()
    const seen = (taken: boolean) => ports.observe?.({ row, start, end: ports.clock.now(), taken })
    try {
      const answer = await ports.post(endpoint.delivery.url, headers, jwe, signal)
      seen(answer.status >= 200 && answer.status < 300)
      if (answer.status >= 200 && answer.status < 300) return 'pushed'
      if (answer.status === 410) return 'gone'
      wait = parseRetryAfter(answer.retryAfter, ports.clock.now())
    } catch (error) {
      const failure = asFailure(error)
      if (failure.code !== 'OPS_DELIVERY') throw failure
      seen(false)
    }
    await ports.clock.sleep(wait ?? backoffMs(attempt, ports.random), signal)
  }
  return 'failed'
}

/**
 * Pushes what is released to one endpoint, in the order of release, until the signal aborts or the partner answers 410.
 * Nothing is remembered across starts: what is not acknowledged goes again, and a recipient knows it by its hand-off id.
 */
export async function pushLoop(
  ports: CourierPorts,
  endpoint: PushEndpoint,
  signal: AbortSignal,
): Promise<void> {
  let cursor: ViewCursor = ports.view.head().map(() => 0)
  while (!signal.aborted) {
    const head = ports.view.head()
    const rows = ports.view.inbox(endpoint.oin, cursor, LIMITS.inboxPageMax)
    for (const row of rows) {
      if (signal.aborted) return
      const due = row.to === endpoint.urn && row.state === 'sealed'
      const result = due ? await pushHandoff(ports, endpoint, row, signal) : 'pushed'
      if (result !== 'pushed' && !signal.aborted) ports.report(new Failure('OPS_DELIVERY'), row.handoff)
      if (result === 'gone') return
      const released = row.releasedSeq ?? 0
      cursor = cursor.map((seq, partition) => (partition === row.partition ? Math.max(seq, released) : seq))
    }
    if (rows.length === 0) await ports.view.changed(head, IDLE_MS, signal)
  }
}

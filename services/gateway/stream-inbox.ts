import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { LIMITS } from '#core/limits.ts'
import type { ViewCursor } from '#core/ports/view.ts'
import type { Identity } from './identity.ts'
import { type InboxItem, inboxSteps } from './inbox-page.ts'
import type { GatewayPorts } from './ports.ts'
import { refuseStale } from './readiness.ts'

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text) || signal.aborted) return
  await once(response, 'drain', { signal })
}

const eventOf = (item: InboxItem): string =>
  `id: ${item.cursor}\nevent: handoff\ndata: ${JSON.stringify(item)}\n\n`

/**
 * Server-sent events (WHATWG HTML §9.2) of released hand-offs after `cursor`; each event's id is the cursor to resume from.
 * Ends when the signal aborts, when `identify` no longer lets this connection in, or when the view no longer follows the log (both asked
 * again at every turn): the reader goes on at another gateway.
 */
export async function streamInbox(
  ports: Pick<GatewayPorts, 'view' | 'openTransit' | 'clock'>,
  response: ServerResponse,
  identify: () => Promise<Identity>,
  from: { readonly cursor: ViewCursor; readonly endpoint: string | null },
  signal: AbortSignal,
): Promise<void> {
  let cursor = from.cursor
  try {
    await write(response, 'retry: 1000\n\n', signal)
    while (!signal.aborted) {
      refuseStale(ports.view)
      const head = ports.view.head()
      const limit = LIMITS.inboxPageMax
      const query = { identity: await identify(), after: cursor, limit, endpoint: from.endpoint }
      const steps = inboxSteps(ports, query)
      let step = await steps.next()
      for (; !step.done && !signal.aborted; step = await steps.next()) {
        // Each as soon as it is read: whoever is far behind moves on with every one, however slow the log is.
        if (step.value.item) await write(response, eventOf(step.value.item), signal)
        cursor = step.value.next
      }
      if (step.value === true || !step.done) continue
      const now = await ports.view.changed(head, LIMITS.streamHeartbeatMs, signal)
      if (now.every((seq, partition) => seq === head[partition])) await write(response, ': \n\n', signal)
    }
  } finally {
    response.end()
  }
}

import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { LIMITS } from '#core/limits.ts'
import type { ViewCursor } from '#core/ports/view.ts'
import type { Identity } from './identity.ts'
import { inboxPage } from './inbox-page.ts'
import type { GatewayPorts } from './ports.ts'

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text) || signal.aborted) return
  await once(response, 'drain', { signal })
}

/**
 * Server-sent events (WHATWG HTML §9.2) of released hand-offs after `cursor`; each event's id is the cursor to resume from.
 * Ends when the signal aborts, or when `identify` no longer lets this connection in (asked again at every turn).
 */
export async function streamInbox(
  ports: Pick<GatewayPorts, 'view' | 'openTransit'>,
  response: ServerResponse,
  identify: () => Promise<Identity>,
  from: { readonly cursor: ViewCursor; readonly endpoint: string | null },
  signal: AbortSignal,
): Promise<void> {
  let cursor = from.cursor
  try {
    await write(response, 'retry: 1000\n\n', signal)
    while (!signal.aborted) {
      const head = ports.view.head()
      const page = await inboxPage(ports, await identify(), cursor, LIMITS.inboxPageMax, from.endpoint)
      cursor = page.next
      for (const item of page.items)
        await write(response, `id: ${item.cursor}\nevent: handoff\ndata: ${JSON.stringify(item)}\n\n`, signal)
      if (page.more) continue
      const now = await ports.view.changed(head, LIMITS.streamHeartbeatMs, signal)
      if (now.every((seq, partition) => seq === head[partition])) await write(response, ': \n\n', signal)
    }
  } finally {
    response.end()
  }
}

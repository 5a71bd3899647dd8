import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { LIMITS } from '#core/limits.ts'
import type { ConsolePorts } from './ports.ts'

/** At most two signals a second: a page reads everything again at each. */
const QUIET_MS = 500

async function write(response: ServerResponse, text: string, signal: AbortSignal): Promise<void> {
  if (response.write(text) || signal.aborted) return
  await once(response, 'drain', { signal })
}

/**
 * Server-sent events (WHATWG HTML §9.2): `changed`, without content, whenever outcomes were folded; a comment as heartbeat.
 * Ends when the signal aborts.
 */
export async function streamChanges(
  { view, clock }: Pick<ConsolePorts, 'view' | 'clock'>,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  try {
    let head = view.head()
    await write(response, 'retry: 2000\nevent: ready\ndata: \n\n', signal)
    while (!signal.aborted) {
      const now = await view.changed(head, LIMITS.streamHeartbeatMs, signal)
      if (signal.aborted) return
      const same = now.every((seq, partition) => seq === head[partition])
      await write(response, same ? ': \n\n' : 'event: changed\ndata: \n\n', signal)
      head = now
      if (!same) await clock.sleep(QUIET_MS, signal)
    }
  } catch (error) {
    if (!signal.aborted) throw error
  } finally {
    response.end()
  }
}

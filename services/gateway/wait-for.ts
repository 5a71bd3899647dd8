import type { Clock } from '#core/ports/clock.ts'
import type { View } from '#core/ports/view.ts'

/** `Prefer: wait=<seconds>` (RFC 7240 §4.3), at most `max`; 0 when not asked for or not understood. */
export function preferredWait(prefer: string | readonly string[] | undefined, max: number): number {
  const text = Array.isArray(prefer) ? prefer.join(',') : String(prefer ?? '')
  const match = /(?:^|[,\s])wait=([0-9]{1,4})(?=$|[,;\s])/.exec(text)
  return match ? Math.min(Number(match[1]), max) : 0
}

/** Asks `look` after every fold until it answers, the time is over, or the signal aborts. */
export async function waitFor<T>(
  ports: { readonly view: View; readonly clock: Clock },
  look: () => T | undefined,
  waitMs: number,
  signal: AbortSignal,
): Promise<T | undefined> {
  const until = ports.clock.now() + waitMs
  for (;;) {
    const head = ports.view.head()
    const found = look()
    const left = until - ports.clock.now()
    if (found !== undefined || left <= 0 || signal.aborted) return found
    await ports.view.changed(head, left, signal)
  }
}

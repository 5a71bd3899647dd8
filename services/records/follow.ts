import type { Handoff } from '#sdk/open-handoff.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import type { Clock } from './clock.ts'
import type { Drawer } from './drawer.ts'
import type { Link } from './link.ts'

const AGAIN_MS = 5_000

/** Where a desk is in its inbox. */
export interface FollowKinds {
  cursor: { readonly after: string }
}

export interface FollowPorts {
  readonly link: Link
  readonly drawer: Drawer<FollowKinds>
  /** Must do the same again without harm. */
  readonly arrive: (handoff: Handoff) => Promise<void>
  readonly clock: Pick<Clock, 'sleep'>
  readonly report: (error: unknown, about: string) => void
}

/**
 * Takes in each hand-off: worked on, then acknowledged, then left behind. What fails for now is tried again from where it stood; a
 * hand-off that does not hold, or that this desk cannot work on at all, is reported and passed over, unacknowledged.
 */
export async function follow(ports: FollowPorts, signal: AbortSignal): Promise<void> {
  const { link, drawer, clock, report } = ports
  while (!signal.aborted) {
    try {
      const after = drawer.get('cursor', link.urn)?.after
      for await (const handoff of link.stream(signal, after, (one) => report(one.error, one.handoff))) {
        await take(ports, handoff)
        if (handoff.cursor !== null) drawer.put('cursor', link.urn, '', { after: handoff.cursor })
      }
    } catch (error) {
      if (signal.aborted) return
      report(error, link.urn)
      await clock.sleep(AGAIN_MS, signal)
    }
  }
}

async function take({ arrive, link, report }: FollowPorts, handoff: Handoff): Promise<void> {
  try {
    await arrive(handoff)
  } catch (error) {
    if (!(error instanceof SchakelError) || error.retryable) throw error
    report(error, handoff.handoff)
    return
  }
  await link.acknowledge(handoff)
}

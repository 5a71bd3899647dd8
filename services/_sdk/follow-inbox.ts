import type { Clock } from '#core/ports/clock.ts'
import type { Connection } from './connection.ts'
import type { Handoff } from './open-handoff.ts'
import { SchakelError } from './sdk-error.ts'

const AGAIN_MS = 5_000

/** A reader of one inbox that outlives its process. */
export interface InboxReader {
  readonly link: Pick<Connection, 'stream' | 'acknowledge'>
  /** Where it stands; kept by whoever reads. */
  readonly cursor: () => string | undefined
  readonly moveTo: (cursor: string) => void
  /** Must do the same again without harm. false: this reader has no work for it. */
  readonly arrive: (handoff: Handoff) => boolean | Promise<boolean>
  readonly clock: Pick<Clock, 'sleep'>
  /** Names no person: an error, and the hand-off or `inbox`. */
  readonly report: (error: unknown, about: string) => void
}

/**
 * Takes in each hand-off until the signal aborts: worked on, then acknowledged, then left behind. What fails for now is tried again
 * from where it stood; a hand-off that does not hold, or that this reader cannot work on at all, is reported and passed over,
 * unacknowledged.
 */
export async function followInbox(reader: InboxReader, signal: AbortSignal): Promise<void> {
  const { link, clock, report } = reader
  while (!signal.aborted) {
    try {
      const refused = (one: { readonly handoff: string; readonly error: unknown }) =>
        report(one.error, one.handoff)
      for await (const handoff of link.stream(signal, reader.cursor(), refused)) {
        await take(reader, handoff)
        if (handoff.cursor !== null) reader.moveTo(handoff.cursor)
      }
    } catch (error) {
      if (signal.aborted) return
      report(error, 'inbox')
      await clock.sleep(AGAIN_MS, signal)
    }
  }
}

async function take({ arrive, link, report }: InboxReader, handoff: Handoff): Promise<void> {
  try {
    if (!(await arrive(handoff))) throw new SchakelError('OPS_NOT_FOUND')
  } catch (error) {
    if (!(error instanceof SchakelError) || error.retryable) throw error
    report(error, handoff.handoff)
    return
  }
  await link.acknowledge(handoff)
}

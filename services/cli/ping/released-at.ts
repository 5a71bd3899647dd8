import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog } from '#core/ports/event-log.ts'

/** A test message is among the last of its partition. */
const TAIL = 5_000

/** When the courier released a hand-off, ms, from the end of its partition's log; null when it is not there. */
export async function releasedAt(
  { log, codecs }: { readonly log: EventLog; readonly codecs: RecordCodecs },
  handoff: string,
): Promise<number | null> {
  const partition = Number(handoff.split('-')[1])
  for (let from = Math.max(0, (await log.end('outcomes', partition)) - TAIL); ; ) {
    const page = await log.read('outcomes', partition, from)
    const last = page.at(-1)
    if (!last) return null
    for (const raw of page) {
      const outcome = codecs.outcome.decode(raw)
      if (outcome?.effects.some((effect) => effect.kind === 'released' && effect.handoff === handoff))
        return outcome.at
    }
    from = last.position + 1
  }
}

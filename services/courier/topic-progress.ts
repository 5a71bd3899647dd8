import type { Oin } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { PartnerMemory } from '#core/ports/partner-topics.ts'
import type { ViewCursor } from '#core/ports/view.ts'
import type { TopicPorts } from './topic-delivery.ts'

/** How far one `p.<oin>.out` has been written: up to which release and which change, and behind which of its records. */
export interface TopicProgress {
  readonly position: number
  readonly released: ViewCursor
  readonly told: ViewCursor
}

const NOTHING: ViewCursor = Array.from({ length: LIMITS.partitions }, () => 0)

function isCursor(value: unknown): value is ViewCursor {
  return (
    Array.isArray(value) &&
    value.length === LIMITS.partitions &&
    value.every((seq) => Number.isSafeInteger(seq) && seq >= 0)
  )
}

export function memoryOf({ position, released, told }: TopicProgress): PartnerMemory {
  return { position, note: JSON.stringify({ released, told }) }
}

/** What does not read as ours counts as nothing: then the topic itself says what is there. */
function progressOf(memory: PartnerMemory | undefined): TopicProgress {
  const start = { position: 0, released: NOTHING, told: NOTHING }
  if (!memory) return start
  try {
    const { released, told } = JSON.parse(memory.note) as Record<string, unknown>
    return isCursor(released) && isCursor(told) ? { position: memory.position, released, told } : start
  } catch {
    return start
  }
}

/**
 * Where to go on after a start or a doubt: what was remembered, and the ids of everything that lies in `out` behind it, which is
 * not written again. Without memory that is the whole topic: `out` is kept as long as a sealed hand-off can wait.
 */
export async function recoverProgress(
  ports: TopicPorts,
  oin: Oin,
): Promise<{ readonly progress: TopicProgress; readonly there: Set<string> }> {
  const progress = progressOf(await ports.topics.remembered(oin, 'out'))
  const there = new Set<string>()
  let { position } = progress
  for (;;) {
    const page = await ports.topics.read(oin, 'out', position)
    for (const { headers } of page.records)
      for (const [name, value] of headers)
        if (name === 'ce_id') there.add(Buffer.from(value).toString('latin1'))
    if (page.next === position) return { progress: { ...progress, position }, there }
    position = page.next
  }
}

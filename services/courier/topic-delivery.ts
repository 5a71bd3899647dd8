/** To `p.<oin>.out`: hand-offs to partners who speak Kafka themselves, and what became of what they sent (design §3). */
import { type KafkaPartner, kafkaPartners } from '#core/decision/kafka-partners.ts'
import { asFailure, Failure, fail } from '#core/failure.ts'
import type { Oin } from '#core/ids.ts'
import { keepRunning } from '#core/keep-running.ts'
import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { PartnerEntry } from '#core/ports/partner-topics.ts'
import type { SenderChange, ViewCursor } from '#core/ports/view.ts'
import type { CourierPorts } from './ports.ts'
import { handoffEvent, statusEvent, statusId } from './topic-event.ts'
import { memoryOf, recoverProgress, type TopicProgress } from './topic-progress.ts'

export type TopicPorts = CourierPorts & { readonly topics: NonNullable<CourierPorts['topics']> }

const IDLE_MS = 1_000

interface Writing {
  readonly ports: TopicPorts
  readonly oin: Oin
  readonly there: Set<string>
  readonly signal: AbortSignal
  progress: TopicProgress
}

interface Place {
  readonly partition: number
  readonly seq: number
}

const byPlace = (a: Place, b: Place): number => a.partition - b.partition || a.seq - b.seq

function advanced(cursor: ViewCursor, { partition, seq }: Place): ViewCursor {
  return cursor.map((old, index) => (index === partition ? Math.max(old, seq) : old))
}

/** Not again what a start or a doubt has found there. A doubt throws: then the topic is read before anything is written. */
async function write(writing: Writing, entry: PartnerEntry): Promise<void> {
  if (writing.there.delete(entry.key)) return
  const { position } = await writing.ports.topics.append(writing.oin, entry)
  writing.progress = { ...writing.progress, position: position + 1 }
}

function partnerOf({ ports, oin }: Writing): KafkaPartner {
  const { epoch } = ports.control.current()
  return kafkaPartners(epoch).find(({ partner }) => partner.oin === oin) ?? fail('PEER_SUSPENDED')
}

async function writeHandoff(writing: Writing, row: HandoffRow): Promise<void> {
  const { ports } = writing
  const sealed = await ports.view.sealed(row.handoff)
  const jwe = sealed && (await ports.openTransit(row, sealed))
  if (jwe === undefined) return ports.report(new Failure('OPS_DELIVERY'), row.handoff)
  const { epoch } = ports.control.current()
  const start = ports.clock.now()
  const seen = (taken: boolean) => ports.observe?.({ row, start, end: ports.clock.now(), taken })
  try {
    await write(writing, handoffEvent(row, jwe, epoch, ports.traceparent?.(row.handoff)))
    seen(true)
  } catch (error) {
    seen(false)
    throw error
  }
}

/** Released hand-offs in the order of (partition, release). True: there was something. */
async function writeHandoffs(writing: Writing): Promise<boolean> {
  const { ports, progress } = writing
  const rows = partnerOf(writing)
    .oins.flatMap((oin) => ports.view.inbox(oin, progress.released, LIMITS.inboxPageMax))
    .map((row) => ({ row, partition: row.partition, seq: row.releasedSeq ?? 0 }))
    .toSorted(byPlace)
    .slice(0, LIMITS.inboxPageMax)
  for (const place of rows) {
    if (writing.signal.aborted) return false
    const { row } = place
    const { epoch } = ports.control.current()
    partnerOf(writing)
    const isDue = row.state === 'sealed' && epoch.endpoints.get(row.to)?.delivery.kind === 'kafka'
    if (isDue) await writeHandoff(writing, row)
    writing.progress = { ...writing.progress, released: advanced(writing.progress.released, place) }
  }
  return rows.length > 0
}

/** A page may end within one outcome's changes: those wait for the next, because the cursor counts outcomes. */
function wholeOutcomes(changes: readonly SenderChange[]): readonly SenderChange[] {
  if (changes.length < LIMITS.partnerPageMax) return changes
  const last = changes.at(-1)
  return changes.filter((one) => one.partition !== last?.partition || one.seq !== last.seq)
}

/** What became of this partner's messages and hand-offs; older than a sealed hand-off can wait is told nobody. */
async function writeStatus(writing: Writing): Promise<boolean> {
  const { ports, progress } = writing
  const { partner, oins } = partnerOf(writing)
  const to = partner.endpoints[0]?.urn
  const found = oins.flatMap((oin) => ports.view.changes(oin, progress.told, LIMITS.partnerPageMax))
  const page = wholeOutcomes(found.toSorted(byPlace).slice(0, LIMITS.partnerPageMax))
  for (const change of page) {
    if (writing.signal.aborted) return false
    const isDue = ports.clock.now() - change.at <= LIMITS.sealedDeadlineMs
    if (to && isDue && !writing.there.delete(statusId(change))) {
      const event = await statusEvent(ports, change, to, ports.control.current().epoch)
      if (event) await write(writing, event)
      else ports.report(new Failure('OPS_DELIVERY'), statusId(change))
    }
    writing.progress = { ...writing.progress, told: advanced(writing.progress.told, change) }
  }
  return page.length > 0
}

/** One turn: a page of each, then remembers. True: there was something, and there may be more. */
async function writeTurn(writing: Writing): Promise<boolean> {
  const before = writing.progress
  const handoffs = await writeHandoffs(writing)
  const status = await writeStatus(writing)
  if (writing.progress !== before)
    await writing.ports.topics.remember(writing.oin, 'out', memoryOf(writing.progress))
  return (handoffs || status) && !writing.signal.aborted
}

/** Writes one partner's `out` until the signal aborts. After any failure what is there is read before anything is written again. */
export async function writePartnerTopic(ports: TopicPorts, oin: Oin, signal: AbortSignal): Promise<void> {
  let writing: Writing | undefined
  while (!signal.aborted) {
    const head = ports.view.head()
    try {
      writing ??= { ports, oin, signal, ...(await recoverProgress(ports, oin)) }
      if (!(await writeTurn(writing))) await ports.view.changed(head, IDLE_MS, signal)
    } catch (error) {
      writing = undefined
      if (signal.aborted) return
      const failure = asFailure(error)
      if (failure.code !== 'PEER_SUSPENDED') ports.report(failure, `p.${oin}.out`)
      await ports.clock.sleep(IDLE_MS, signal)
    }
  }
}

/** One writer for each partner who speaks Kafka under the current epoch, until the signal aborts. */
export function writePartnerTopics(ports: TopicPorts, signal: AbortSignal): Promise<void> {
  const tasks = {
    wanted: () => kafkaPartners(ports.control.current().epoch).map(({ partner }) => partner.oin),
    task: (oin: Oin, until: AbortSignal) => writePartnerTopic(ports, oin, until),
    clock: ports.clock,
  }
  return keepRunning(tasks, ports.topicShare, signal)
}

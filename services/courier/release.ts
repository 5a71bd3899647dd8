import type { Epoch } from '#core/decision/epoch.ts'
import { asFailure } from '#core/failure.ts'
import { signCommand } from '#core/handoff/sign-command.ts'
import { type HandoffId, handoffPlace, oinOf } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import type { CourierPorts } from './ports.ts'

/** Release may be asked again when the first command left no trace; a repeat has no effect. */
const ASK_AGAIN_MS = 5_000
/** Each asking waits twice as long: a slow exchange must not be given more to answer because it is slow. */
const ASK_AGAIN_MAX_MS = 160_000
const IDLE_MS = 1_000
const PAGE = 256

/**
 * Whether this epoch, which the courier has read, lets the hand-off go. The exchange recalls such hand-offs too, in its sweep;
 * between the control record and the sweep it is the courier who holds them.
 */
function mayGo(row: HandoffRow, epoch: Epoch): boolean {
  if (row.epoch > epoch.number || epoch.revoked.has(row.certificate)) return false
  const recipient = epoch.partners.get(oinOf(row.to))
  const sender = epoch.partners.get(oinOf(row.from))
  const ours = row.from === epoch.exchange
  return (
    recipient !== undefined && !recipient.suspended && (ours || (sender !== undefined && !sender.suspended))
  )
}

/** Control is read for each, and what its reading does not let go stays. True: asked for. */
async function release(ports: CourierPorts, row: HandoffRow): Promise<boolean> {
  const { epoch, readAt } = await ports.control.refresh()
  if (ports.clock.now() - readAt > LIMITS.controlAgeMs || !mayGo(row, epoch)) return false
  const id = uuidV4(ports.random.bytes(16))
  const command = signCommand({ cmd: 'released', handoff: row.handoff }, ports.signer, id, ports.clock.now())
  await ports.log.put(handoffPlace(row.handoff).partition, ports.encodeInbound(command))
  return true
}

/** When a release was asked for, and how long to wait for its answer, ms. */
export interface Asked {
  readonly at: number
  readonly wait: number
}

/**
 * One turn: reads control, then asks for the release of every sealed hand-off that is not released yet, all at once: one after
 * the other, each would wait for the disk alone, and an alert for everything before it.
 * `asked`: when each was asked for, kept by the caller between turns. Returns how many were asked for now.
 */
export async function releaseTurn(ports: CourierPorts, asked: Map<HandoffId, Asked>): Promise<number> {
  const rows = ports.view.unreleased(PAGE)
  const open = new Set(rows.map((row) => row.handoff))
  for (const id of asked.keys()) if (!open.has(id)) asked.delete(id)
  const now = ports.clock.now()
  const due = rows.filter(({ handoff }) => {
    const last = asked.get(handoff)
    return !last || now - last.at >= last.wait
  })
  let count = 0
  const answers = await Promise.allSettled(
    due.map(async (row) => {
      if (!(await release(ports, row))) return
      const last = asked.get(row.handoff)
      const wait = last ? Math.min(2 * last.wait, ASK_AGAIN_MAX_MS) : ASK_AGAIN_MS
      asked.set(row.handoff, { at: now, wait })
      count += 1
    }),
  )
  for (const answer of answers) if (answer.status === 'rejected') throw answer.reason
  return count
}

/** Releases until the signal aborts; a failure of log, control or view is reported and tried again. */
export async function releaseLoop(ports: CourierPorts, signal: AbortSignal): Promise<void> {
  const asked = new Map<HandoffId, Asked>()
  while (!signal.aborted) {
    const head = ports.view.head()
    try {
      await releaseTurn(ports, asked)
    } catch (error) {
      if (signal.aborted) return
      ports.report(asFailure(error), 'release')
      await ports.clock.sleep(IDLE_MS, signal)
    }
    await ports.view.changed(head, IDLE_MS, signal)
  }
}

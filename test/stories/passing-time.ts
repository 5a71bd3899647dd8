/** Time that passes for a whole Schakel: keys by the calendar are renewed, and whatever falls due on the way is answered at its moment. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Calendar, civilDay, isWorkingDay } from '#core/duty/calendar.ts'
import type { Store } from '#services/cli/open-store.ts'
import type { StageWait } from '#services/story/play-case.ts'
import { ROOT } from '../rooms/source-files.ts'
import type { ShiftedClock } from '../support/shifted-clock.ts'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PATIENCE_MS = 60_000

function calendarOfNl(): Calendar {
  const { rows } = JSON.parse(readFileSync(join(ROOT, 'contracts/register/holidays.json'), 'utf8')) as {
    rows: readonly { readonly country: string; readonly date: string }[]
  }
  const holidays = new Set(rows.filter((row) => row.country === 'NL').map((row) => row.date))
  return { country: 'NL', offset: HOUR, summer: true, holidays }
}

/** ms of `PT5M`, `PT36H`, `P9D`, `P9WD`; working days are counted from `now` on. */
function msOf(term: string, now: number): number {
  const count = Number(term.replace(/\D/g, ''))
  if (term.endsWith('M')) return count * 60_000
  if (term.endsWith('H')) return count * HOUR
  if (!term.endsWith('WD')) return count * DAY
  const calendar = calendarOfNl()
  let days = 0
  for (let left = count; left > 0; left -= isWorkingDay(civilDay(now, calendar) + days, calendar) ? 1 : 0)
    days += 1
  return days * DAY
}

export async function passTime(store: Store, clock: ShiftedClock, wait: StageWait): Promise<void> {
  await store.view.catchUp()
  const until = endOf(store, clock, wait)
  for (;;) {
    const next = await soonest(store)
    if (next >= until) break
    await advance(store, clock, next)
  }
  await advance(store, clock, until)
}

function endOf(store: Store, clock: ShiftedClock, wait: StageWait): number {
  const now = clock.now()
  if (wait.kind === 'for') return now + msOf(wait.term, now)
  const row = store.view.dutiesOf(wait.handoff).find((one) => one.duty === wait.duty)
  if (!row) throw new Error(`no duty ${wait.duty} to wait for`)
  const shift = wait.shift === '' ? 0 : msOf(wait.shift.slice(1), row.dueAt)
  return row.dueAt + (wait.shift.startsWith('-') ? -shift : shift)
}

/** When something is next due: the end of an open hand-off, or a moment of a duty. */
async function soonest(store: Store): Promise<number> {
  await store.view.catchUp()
  const open = store.view.recent(10_000).flatMap((row) => row.deadline ?? [])
  return Math.min(store.view.nextDuty() ?? Number.POSITIVE_INFINITY, ...open)
}

/**
 * The keeper of the running services wakes by the same clock, once an hour; until it sleeps again it is not done with the moment
 * before, and would sleep through the next.
 */
async function advance(store: Store, clock: ShiftedClock, to: number): Promise<void> {
  clock.advanceTo(to)
  for (const stop = Date.now() + PATIENCE_MS; ; ) {
    if (clock.sleeps(HOUR) && hasKeys(store, to) && (await soonest(store)) > to) return
    if (Date.now() > stop) throw new Error(`not ready at ${new Date(to).toISOString()}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

function hasKeys({ control }: Store, now: number): boolean {
  const { intakeKeys, crlUntil } = control.current().epoch
  return intakeKeys.some((key) => key.from <= now && now < key.until) && (crlUntil ?? 0) > now
}

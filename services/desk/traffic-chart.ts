import { type Bars, barChart } from '#web/bar-chart.ts'
import type { Html } from '#web/html.ts'
import { DESK_LIMITS } from './limits.ts'
import type { PageView } from './page-view.ts'
import type { ReceivedRow, SentRow } from './store.ts'

const KINDS = ['permit', 'permit-redacted', 'hold', 'deny'] as const
const CLASSES = { permit: 'permit', 'permit-redacted': 'redacted', hold: 'hold', deny: 'deny' } as const
const TAGS = { nl: 'nl-NL', en: 'en-GB' } as const

/** Dutch civil days up to now, oldest first, with how to tell which one an instant is in. */
function daysUntil(now: number, lang: PageView['lang']) {
  const day = new Intl.DateTimeFormat(TAGS[lang], {
    timeZone: 'Europe/Amsterdam',
    day: 'numeric',
    month: 'short',
  })
  const days = Array.from({ length: DESK_LIMITS.chartDays }, (_, index) =>
    day.format(now - (DESK_LIMITS.chartDays - 1 - index) * DESK_LIMITS.dayMs),
  )
  const oldest = now - DESK_LIMITS.chartDays * DESK_LIMITS.dayMs
  return { days, dayOf: (at: number) => (at > oldest ? day.format(at) : undefined) }
}

/** What came in, a day. */
export function receivedChart(rows: readonly ReceivedRow[], view: PageView): Html {
  const { chart } = view.texts
  const { days, dayOf } = daysUntil(view.now, view.lang)
  const count = (day: string) => rows.filter(({ at }) => dayOf(at) === day).length
  return barChart({
    caption: chart.in,
    axis: chart.day,
    tableLabel: chart.table,
    series: [{ name: chart.received, kind: 'plain' }],
    rows: days.map((label) => ({ label, values: [count(label)] })),
  })
}

/** What went out, a day, by the latest verdict of each hand-off. */
export function sentChart(rows: readonly SentRow[], view: PageView): Html {
  const { chart, verdicts } = view.texts
  const { days, dayOf } = daysUntil(view.now, view.lang)
  const handoffs = rows.flatMap(({ at, status }) =>
    status.handoffs.map(({ verdict }) => ({ day: dayOf(at), kind: verdict?.kind })),
  )
  const series: Bars['series'] = KINDS.map((kind) => ({ name: verdicts[kind], kind: CLASSES[kind] }))
  const values = (day: string) =>
    KINDS.map((kind) => handoffs.filter((one) => one.day === day && one.kind === kind).length)
  return barChart({
    caption: chart.out,
    axis: chart.day,
    tableLabel: chart.table,
    series,
    rows: days.map((label) => ({ label, values: values(label) })),
  })
}

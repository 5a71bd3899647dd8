import { barChart } from '#web/bar-chart.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { countText, time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from './locale.ts'
import type { Operations } from './operations.ts'

function services({ services: list }: Operations, { texts }: Locale): Html {
  const { operator } = texts.desks
  if (list.length === 0) return html`<p>${operator.noServices}</p>`
  return dataTable({
    caption: operator.services,
    headings: [operator.service, operator.state, operator.note],
    rows: list.map(({ name, ready, note }) => [
      name,
      html`<span class="badge badge-${ready ? 'permit' : 'deny'}"><span class="sign" aria-hidden="true">${ready ? '✓' : '✕'}</span>${ready ? operator.ready : operator.notReady}</span>`,
      note ?? '–',
    ]),
  })
}

function partitions(state: Operations, { texts, lang }: Locale): Html {
  const { operator } = texts.desks
  return dataTable({
    caption: operator.partitions,
    headings: [operator.partition, operator.head, operator.waiting, operator.epoch, operator.voids],
    rows: state.partitions.map(({ partition, head, waiting, epoch, voids }) => [
      partition,
      countText(head, lang),
      waiting === null ? '?' : countText(waiting, lang),
      epoch === state.newestEpoch ? epoch : html`${epoch} <span class="note">${operator.behind}</span>`,
      countText(voids, lang),
    ]),
  })
}

function parked(state: Operations, { texts, lang }: Locale): Html {
  const { operator } = texts.desks
  if (state.parked.length === 0) return html`<p>${operator.noParked}</p>`
  const table = dataTable({
    caption: operator.parkedCaption(state.parkedTotal),
    headings: [operator.place, operator.code, operator.since, operator.again],
    rows: state.parked.map(({ partition, seq, code, at }) => [
      html`<code>${partition}-${seq}</code>`,
      html`<code>${code}</code>`,
      time(at, lang),
      html`<code>schakel redrive ${partition}-${seq}</code>`,
    ]),
  })
  return html`<p>${operator.parkedHow}</p>${table}`
}

const label = (ms: number, lang: string, unit: 'hour' | 'day'): string =>
  new Intl.DateTimeFormat(lang === 'nl' ? 'nl-NL' : 'en-GB', {
    timeZone: 'Europe/Amsterdam',
    ...(unit === 'hour' ? { hour: '2-digit', minute: '2-digit' } : { weekday: 'short', day: 'numeric' }),
  }).format(ms)

function charts(state: Operations, { texts, lang }: Locale): Html {
  const { desks, verdicts } = texts
  const { operator } = desks
  const series = [
    { name: verdicts.permit, kind: 'permit' },
    { name: verdicts['permit-redacted'], kind: 'redacted' },
    { name: verdicts.hold, kind: 'hold' },
    { name: verdicts.deny, kind: 'deny' },
  ]
  return html`${barChart({
    caption: operator.verdictsCaption,
    axis: operator.hour,
    tableLabel: operator.numbers,
    series,
    rows: state.verdicts.map(({ from, permit, redacted, hold, deny }) => ({
      label: label(from, lang, 'hour'),
      values: [permit, redacted, hold, deny],
    })),
  })}
${barChart({
  caption: operator.reasonsCaption,
  axis: operator.code,
  tableLabel: operator.numbers,
  series: [{ name: operator.verdictsWord, kind: 'deny' }],
  rows: state.reasons.map(({ code, count }) => ({ label: code, values: [count] })),
})}
${barChart({
  caption: operator.deadlinesCaption,
  axis: operator.day,
  tableLabel: operator.numbers,
  series: [
    { name: texts.states.held, kind: 'hold' },
    { name: texts.states.sealed, kind: 'plain' },
  ],
  rows: state.deadlines.map(({ from, held, sealed }) => ({
    label: label(from, lang, 'day'),
    values: [held, sealed],
  })),
})}`
}

/** What changes by itself: the whole desk but its heading. */
export function operatorFragment(state: Operations, locale: Locale): Html {
  const { texts, lang } = locale
  const { operator } = texts.desks
  const { ledger } = state
  const age = ledger.ageMs === null ? operator.never : operator.seconds(Math.round(ledger.ageMs / 1_000))
  return html`<p class="quiet">${operator.asOf} ${time(state.at, lang)}${
    state.since !== null && html` · ${operator.countedSince} ${time(state.since, lang)}`
  }</p>
<section aria-labelledby="health"><h2 id="health">${operator.health}</h2>
${services(state, locale)}
${definitionList([
  [operator.leaves, countText(ledger.size, lang)],
  [operator.leavesBehind, countText(ledger.behind, lang)],
  [operator.checkpointAge, age],
  [operator.newestEpoch, state.newestEpoch],
  [operator.expired, countText(state.expired, lang)],
])}</section>
<section aria-labelledby="charts"><h2 id="charts">${operator.charts}</h2>${charts(state, locale)}</section>
<section aria-labelledby="parked"><h2 id="parked">${operator.parked}</h2>${parked(state, locale)}</section>
<section aria-labelledby="partitions"><h2 id="partitions">${operator.partitionsTitle}</h2>${partitions(state, locale)}</section>`
}

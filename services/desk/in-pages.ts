import type { TypeForm } from '#sdk/catalogue.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import { dataTable } from '#web/data-table.ts'
import { type Definition, definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { type PageView, troubleNote } from './page-view.ts'
import { showData, showValue } from './show-value.ts'
import type { ReceivedRow, RefusedRow } from './store.ts'
import { receivedChart } from './traffic-chart.ts'

/** A received hand-off, opened; or why it cannot be. */
export type Opened = { readonly handoff: Handoff } | { readonly code: string } | 'gone'

function obligations(codes: readonly string[], { words, texts }: PageView): Html {
  if (codes.length === 0) return html`${texts.none}`
  return html`<ul class="plain">${codes.map((code) => html`<li>${words.obligation(code, texts)}</li>`)}</ul>`
}

function stateOf({ acknowledged, deadline }: ReceivedRow, { texts, now }: PageView): Html {
  if (acknowledged !== null) return html`<span class="good">✓ ${texts.in.acknowledged}</span>`
  const late = deadline !== null && deadline <= now
  return late
    ? html`<span class="state state-expired">${texts.in.late}</span>`
    : html`<strong>${texts.in.new}</strong>`
}

/** Hand-offs to this endpoint: who sent what, when, and what it lays on us; no content. */
export function inListPage(
  rows: readonly ReceivedRow[],
  refused: readonly RefusedRow[],
  view: PageView,
): SitePage {
  const { texts, words, lang } = view
  const headings = [
    texts.in.type,
    texts.in.from,
    texts.in.at,
    texts.in.due,
    texts.in.obligations,
    texts.in.state,
  ]
  const table = dataTable({
    caption: texts.in.caption,
    headings,
    rows: rows.map((row) => [
      html`<a href="${view.link(`/in/${row.handoff}`)}">${words.type(row.type)}</a>`,
      words.party(row.from),
      time(row.at, lang),
      row.acknowledged === null ? time(row.deadline, lang) : '–',
      obligations(row.obligations, view),
      stateOf(row, view),
    ]),
  })
  const bad = refused.map(({ handoff, code }) => html`<li><code>${handoff}</code> <code>${code}</code></li>`)
  return {
    title: texts.in.title,
    below: '/in',
    main: html`<h1>${texts.in.title}</h1>
${troubleNote(view)}
<p class="intro">${texts.in.intro}</p>
${bad.length > 0 && html`<div class="callout"><p>${texts.in.refused(bad.length)}</p><ul>${bad}</ul></div>`}
${rows.length === 0 ? html`<p class="empty">${texts.in.empty}</p>` : html`${receivedChart(rows, view)}${table}`}`,
  }
}

function facts(row: ReceivedRow, opened: Opened, view: PageView): Html {
  const { texts, words, lang } = view
  const handoff = typeof opened === 'object' && 'handoff' in opened ? opened.handoff : undefined
  const { label, terms } = handoff ?? {}
  const own: readonly Definition[] = [
    [texts.in.from, words.party(row.from)],
    [texts.in.at, time(row.at, lang)],
    [texts.in.state, stateOf(row, view)],
    [texts.in.due, row.acknowledged === null ? time(row.deadline, lang) : null],
    [texts.in.obligations, obligations(row.obligations, view)],
    [texts.in.purpose, terms ? words.code('Purpose', terms.purpose) : null],
    [texts.in.basis, terms ? words.code('Basis', terms.basis) : null],
    [texts.in.handling, words.code('Handling', row.handling)],
  ]
  const limits: readonly Definition[] = label
    ? [
        [
          texts.in.purposes,
          label.purposeLimit?.map((code) => words.code('Purpose', code)).join(', ') ?? texts.in.anyPurpose,
        ],
        [texts.in.onward, label.noOnward ? texts.in.onwardNo : texts.in.onwardYes],
        [texts.in.retain, label.retainUntil === null ? null : time(label.retainUntil, lang)],
      ]
    : []
  return definitionList([
    ...own,
    ...limits,
    [texts.in.keep, time(row.keepUntil, lang)],
    [texts.in.id, html`<code class="id">${row.handoff}</code>`],
  ])
}

const CODED: Readonly<Record<string, string>> = {
  regime: 'Regime',
  wpgClass: 'Class',
  handling: 'Handling',
  evaluation: 'Evaluation',
}

/** What the sender said about the content. */
export function contextList(handoff: Handoff, view: PageView): Html {
  const { texts, words, lang } = view
  const items = Object.entries(handoff.context).filter(([, value]) => value !== null && value !== undefined)
  const shown = (name: string, value: unknown) => {
    if ((name === 'occurredAt' || name === 'retainUntil') && typeof value === 'number')
      return time(value, lang)
    if (typeof value !== 'string') return showValue(value, view)
    return html`${CODED[name] ? words.code(CODED[name], value) : (texts.compose.choices[value] ?? value)}`
  }
  return definitionList(
    items.map(([name, value]) => [texts.in.contextNames[name] ?? name, shown(name, value)]),
  )
}

function content(row: ReceivedRow, opened: Opened, view: PageView): Html {
  const { texts } = view
  if (row.approval) return html`<p class="callout">${texts.in.request}</p>`
  if (opened === 'gone') return html`<p>${texts.in.gone}</p>`
  if ('code' in opened) return html`<p class="callout">${texts.in.unreadable(opened.code)}</p>`
  return html`${showData(opened.handoff.data, row.type, view)}
<p class="note">${texts.in.withheld}</p>
<h2>${texts.in.context}</h2>
${contextList(opened.handoff, view)}`
}

function button(path: string, label: string, hint: string, view: PageView): Html {
  return html`<form method="post" action="${view.link(path)}"><p class="hint">${hint}</p><div class="actions"><button type="submit">${label}</button></div></form>`
}

/** One of them, opened: every shown field by its name in words. */
export function inPage(
  row: ReceivedRow,
  opened: Opened,
  answeredBy: TypeForm | undefined,
  view: PageView,
): SitePage {
  const { texts, words, lang } = view
  const title = words.type(row.type)
  const answer =
    answeredBy &&
    html`<a class="button" href="${view.link(`/compose/${answeredBy.name}`, { inReplyTo: row.handoff, evidence: row.handoff })}">${texts.in.answer(answeredBy[lang])}</a>`
  const use = html`<a class="button" href="${view.link('/compose', { evidence: row.handoff })}">${texts.in.use}</a>`
  const canRemove = row.sealed !== null && !row.approval
  return {
    title,
    below: '/in',
    main: html`<p class="back"><a href="${view.link('/in')}">← ${texts.in.back}</a></p>
<h1>${title}</h1>
${troubleNote(view)}
${facts(row, opened, view)}
<h2>${texts.in.data}</h2>
${content(row, opened, view)}
${!row.approval && html`<div class="actions">${answer}${use}</div>`}
${row.acknowledged === null && !row.approval && opened !== 'gone' && button(`/in/${row.handoff}/acknowledge`, texts.in.acknowledge, texts.in.acknowledgeHint, view)}
${canRemove && button(`/in/${row.handoff}/remove`, texts.in.remove, texts.in.removeHint, view)}`,
  }
}

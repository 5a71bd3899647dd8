import { dataTable } from '#web/data-table.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { needsText } from './out-pages.ts'
import { type PageView, troubleNote } from './page-view.ts'
import type { ReceivedRow, SentRow } from './store.ts'

export interface WaitingRows {
  readonly sent: readonly SentRow[]
  /** Requests to approve that nobody answered here. */
  readonly requests: readonly ReceivedRow[]
  readonly unacknowledged: readonly ReceivedRow[]
}

function holds(sent: readonly SentRow[], view: PageView): Html {
  const { texts, words, lang } = view
  const held = sent.flatMap((row) =>
    row.status.handoffs.filter(({ state }) => state === 'held').map((handoff) => ({ row, handoff })),
  )
  if (held.length === 0) return html`<p>${texts.waiting.noHolds}</p>`
  return dataTable({
    caption: texts.waiting.holds,
    headings: [texts.out.type, texts.out.to, texts.waiting.needs, texts.waiting.since, texts.waiting.until],
    rows: held.map(({ row, handoff }) => {
      const needs = [...new Set((handoff.verdict?.reasons ?? []).flatMap((reason) => reason.needs ?? []))]
      return [
        html`<a href="${view.link(`/out/${row.message}`)}">${words.type(row.type)}</a>`,
        words.party(handoff.to),
        html`<ul class="plain">${needs.map((one) => html`<li>${needsText(one, view)}</li>`)}</ul>`,
        time(row.at, lang),
        time(handoff.deadline === null ? null : Date.parse(handoff.deadline), lang),
      ]
    }),
  })
}

function requestTable(requests: readonly ReceivedRow[], view: PageView): Html {
  const { texts, words, lang } = view
  if (requests.length === 0) return html`<p>${texts.waiting.noRequests}</p>`
  const table = dataTable({
    caption: texts.waiting.requests,
    headings: [texts.waiting.question, texts.in.from, texts.waiting.since, texts.waiting.until],
    rows: requests.map(({ approval, from, at }) => [
      askOf(approval, view),
      words.party(from),
      time(at, lang),
      time(approval?.until ?? null, lang),
    ]),
  })
  return html`${table}<p class="note">${texts.waiting.approver}</p>`
}

/** The question in the reader's language where the register has it; else as it was asked. */
export function askOf(approval: ReceivedRow['approval'], { words }: PageView): string {
  if (!approval) return ''
  const known = words.code('Approval', approval.guard)
  return known === approval.guard ? approval.ask : known
}

function unacknowledged(rows: readonly ReceivedRow[], view: PageView): Html {
  const { texts, words, lang } = view
  if (rows.length === 0) return html`<p>${texts.waiting.noUnanswered}</p>`
  return dataTable({
    caption: texts.waiting.unanswered,
    headings: [texts.in.type, texts.in.from, texts.in.at, texts.in.due],
    rows: rows.map((row) => [
      html`<a href="${view.link(`/in/${row.handoff}`)}">${words.type(row.type)}</a>`,
      words.party(row.from),
      time(row.at, lang),
      time(row.deadline, lang),
    ]),
  })
}

/** Everything that cannot go on before somebody acts. */
export function waitingPage({ sent, requests, unacknowledged: rows }: WaitingRows, view: PageView): SitePage {
  const { texts } = view
  return {
    title: texts.waiting.title,
    below: '/waiting',
    main: html`<h1>${texts.waiting.title}</h1>
${troubleNote(view)}
<p class="intro">${texts.waiting.intro}</p>
<h2>${texts.waiting.holds}</h2>
${holds(sent, view)}
<h2>${texts.waiting.requests}</h2>
${requestTable(requests, view)}
<h2>${texts.waiting.unanswered}</h2>
${unacknowledged(rows, view)}`,
  }
}

import type { Handoff } from '#sdk/open-handoff.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import type { FormBody } from '#web/form-body.ts'
import { errorSummary, formField } from '#web/form-field.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { contextList, type Opened } from './in-pages.ts'
import { type PageView, troubleNote } from './page-view.ts'
import { showData } from './show-value.ts'
import type { AnswerRow, ReceivedRow } from './store.ts'
import { askOf } from './waiting-page.ts'

/** Why the person who reads may not answer; null = they may. */
export type Barred = 'over' | 'closed' | 'own' | null

function openTable(rows: readonly ReceivedRow[], view: PageView): Html {
  const { texts, words, lang } = view
  if (rows.length === 0) return html`<p>${texts.approvals.noOpen}</p>`
  return dataTable({
    caption: texts.approvals.open,
    headings: [texts.approvals.question, texts.approvals.asker, texts.approvals.since, texts.approvals.until],
    rows: rows.map((row) => [
      html`<a href="${view.link(`/approvals/${row.handoff}`)}">${askOf(row.approval, view)}</a>`,
      words.party(row.from),
      time(row.at, lang),
      time(row.approval?.until ?? null, lang),
    ]),
  })
}

function answeredTable(rows: readonly AnswerRow[], view: PageView): Html {
  const { texts, words, lang } = view
  if (rows.length === 0) return html`<p>${texts.approvals.noBefore}</p>`
  return dataTable({
    caption: texts.approvals.before,
    headings: [
      texts.approvals.question,
      texts.approvals.answer,
      texts.approvals.who,
      texts.approvals.when,
      texts.approvals.reason,
    ],
    rows: rows.map((row) => [
      html`${words.code('Approval', row.guard)} <code class="id">${row.handOff}</code>`,
      row.granted ? texts.approvals.granted : texts.approvals.refused,
      `${row.actor} (${row.role})`,
      time(row.at, lang),
      row.reason,
    ]),
  })
}

/** What is asked of this endpoint, and what was answered before. */
export function approvalListPage(
  open: readonly ReceivedRow[],
  answered: readonly AnswerRow[],
  view: PageView,
): SitePage {
  const { texts } = view
  return {
    title: texts.approvals.title,
    below: '/approvals',
    main: html`<h1>${texts.approvals.title}</h1>
${troubleNote(view)}
<p class="intro">${texts.approvals.intro}</p>
<h2>${texts.approvals.open}</h2>
${openTable(open, view)}
<h2>${texts.approvals.before}</h2>
${answeredTable(answered, view)}`,
  }
}

function answerForm(
  row: ReceivedRow,
  body: FormBody,
  errors: Readonly<Record<string, string>>,
  view: PageView,
): Html {
  const { texts, words } = view
  const roles = words.codesOf('Approval').find(({ code }) => code === row.approval?.guard)?.roles ?? []
  const role = { name: 'role', label: texts.approvals.role, value: body['role'], error: errors['role'] }
  const [only] = roles
  return html`<form method="post" action="${view.link(`/approvals/${row.handoff}`)}">
${formField({
  name: 'decision',
  label: texts.approvals.decide,
  kind: 'radio',
  required: true,
  value: body['decision'],
  error: errors['decision'],
  choices: [
    { value: 'approve', label: texts.approvals.approve },
    { value: 'refuse', label: texts.approvals.refuse },
  ],
})}
${formField({ name: 'reason', label: texts.approvals.reasonLabel, hint: texts.approvals.reasonHint, kind: 'text', required: true, maxLength: 2_000, value: body['reason'], error: errors['reason'] })}
${only === undefined ? formField({ ...role, kind: 'line', required: true, maxLength: 64 }) : formField({ ...role, kind: 'choice', choices: roles.map((one) => ({ value: one, label: one })) })}
<p class="note">${texts.approvals.counts}</p>
<div class="actions"><button type="submit">${texts.approvals.send}</button></div>
</form>`
}

export interface ApprovalInput {
  readonly row: ReceivedRow
  readonly opened: Opened
  readonly barred: Barred
  readonly before: AnswerRow | undefined
  readonly body: FormBody
  readonly errors: Readonly<Record<string, string>>
}

function shown(handoff: Handoff, view: PageView): Html {
  const { texts } = view
  return html`${showData(handoff.data, handoff.vct, view)}
<h3>${texts.in.context}</h3>
${contextList(handoff, view)}`
}

/** One question: what would be shown, who asks, until when; and the form to answer it. */
export function approvalPage(
  { row, opened, barred, before, body, errors }: ApprovalInput,
  view: PageView,
): SitePage {
  const { texts, words, lang } = view
  const title = askOf(row.approval, view)
  const handoff = typeof opened === 'object' && 'handoff' in opened ? opened.handoff : undefined
  const code = typeof opened === 'object' && 'code' in opened ? opened.code : 'OPS_DATA'
  const given =
    before &&
    `${before.granted ? texts.approvals.granted : texts.approvals.refused} – ${before.actor} (${before.role}): ${before.reason}`
  return {
    title,
    below: '/approvals',
    main: html`<p class="back"><a href="${view.link('/approvals')}">← ${texts.approvals.back}</a></p>
<h1>${title}</h1>
${troubleNote(view)}
${Object.keys(errors).length > 0 && errorSummary(texts.compose.wrong, errors)}
${definitionList([
  [texts.approvals.asker, words.party(row.from)],
  [texts.out.type, handoff ? words.type(handoff.vct) : null],
  [texts.approvals.since, time(row.at, lang)],
  [texts.approvals.until, time(row.approval?.until ?? null, lang)],
  [texts.in.purpose, handoff?.terms ? words.code('Purpose', handoff.terms.purpose) : null],
  [texts.in.basis, handoff?.terms ? words.code('Basis', handoff.terms.basis) : null],
  [texts.approvals.answer, given ?? null],
  [texts.approvals.held, html`<code class="id">${row.approval?.handOff}</code>`],
])}
<h2>${texts.approvals.wouldShow}</h2>
${handoff ? shown(handoff, view) : html`<p class="callout">${texts.in.unreadable(code)}</p>`}
<h2>${texts.approvals.form}</h2>
${barred === null && handoff ? answerForm(row, body, errors, view) : html`<p class="callout">${barred === null ? texts.in.unreadable(code) : texts.approvals[barred]}</p>`}`,
  }
}

import type { Duty } from '#sdk/gateway-answers.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { formField } from '#web/form-field.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { CodeTables } from '../code-words.ts'
import type { Conviction, JudicialRecord } from '../person.ts'
import type { Question } from '../plan-questions.ts'
import { mayRefuse } from '../vog-acts.ts'
import { type Answer, OUTCOMES, type VogView } from '../vog-file.ts'
import { identityFields } from './identity-fields.ts'
import { button, fieldsOf, hidden, type Locale } from './page.ts'
import { applicationList, convictionTable, dutyTable, recordTable, sentNote } from './parts.ts'

export interface FilePage {
  readonly view: VogView
  readonly duties: readonly Duty[]
  readonly codes: CodeTables
  readonly locale: Locale
  readonly link: (path: string) => string
  /** `YYYY-MM-DD` */
  readonly today: string
}

export function questionName(question: Question, { texts }: Locale): string {
  const { kinds } = texts.vog
  return question.kind === 'ecris' ? kinds.ecris(question.state) : kinds[question.kind]
}

function questions({ view, locale, link }: FilePage): Html {
  const { vog, actor } = locale.texts
  const rows = view.questions.map(({ ref, question, at, sent }) => [
    questionName(question, locale),
    html`<code>${ref}</code>`,
    time(at, locale.lang),
    sentNote(sent, locale),
  ])
  const headings = [vog.what, actor.number, vog.asked, actor.state]
  const toAsk = view.open.map((question) => html`<li>${questionName(question, locale)}</li>`)
  const abroad = view.notAbroad === null && !view.livedInUk && !view.application.nationalities.includes('GB')
  const form = html`<h3>${vog.open}</h3><ul>${toAsk}</ul>
<form method="post" action="${link('/vog/ask')}">${hidden('ref', view.application.applicationRef)}
${abroad && formField({ name: 'livedInUk', label: vog.livedInUk, kind: 'check' })}
${button(vog.ask)}</form>`
  return html`<section aria-labelledby="questions"><h2 id="questions">${vog.questions}</h2>
${view.notAbroad && html`<p class="callout">${vog.notAbroad[view.notAbroad]}</p>`}
${rows.length === 0 ? html`<p class="quiet">${vog.noQuestions}</p>` : dataTable({ caption: vog.questionsCaption, headings, rows })}
${!view.decision && (view.open.length > 0 || abroad) && form}</section>`
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function answer(one: Answer, page: FilePage): Html {
  const { locale, codes } = page
  const { vog, justid, convictions } = locale.texts
  const { data } = one
  const state = textOf(data['replyingState']) ?? 'GB'
  const when = html`<p class="quiet">${vog.received} ${time(Date.parse(one.at), locale.lang)} · <code>${one.question}</code></p>`
  if (one.type === 'vog.jd.extract') {
    const rows = data['records'] as readonly JudicialRecord[]
    return html`<article><h3>${vog.extract}</h3>${when}${rows.length === 0 ? html`<p>${vog.emptyExtract}</p>` : recordTable(rows, one.question, locale)}</article>`
  }
  if (one.type === 'ecristcn.hit')
    return html`<article><h3>${vog.hit}</h3>${when}<p>${vog.states}: ${(data['memberStates'] as readonly string[]).join(' ') || '–'}</p></article>`
  const outcome = String(data['outcome']) as keyof typeof justid.outcomes
  const limits = textOf(data['useLimits'])
  return html`<article><h3>${vog.reply(state)}: ${justid.outcomes[outcome]}</h3>${when}
${outcome === 'CONVICTIONS' && convictionTable(data['convictions'] as readonly Conviction[], one.question, codes, locale)}
${limits !== null && definitionList([[convictions.limits, limits]])}
${outcome === 'IDENTITY_INSUFFICIENT' && supply(one, page)}</article>`
}

function supply({ question, data }: Answer, { view, locale, link }: FilePage): Html | false {
  if (view.decision) return false
  const { vog } = locale.texts
  return html`<p class="callout">${vog.identityWanted} <strong>${textOf(data['identityWanted']) ?? '–'}</strong></p>
<details><summary>${vog.supplyTitle}</summary>
<form method="post" action="${link('/vog/supply')}">${hidden('ref', view.application.applicationRef)}${hidden('question', question)}
${identityFields(fieldsOf(locale, {}, {}), locale, view.application.identity)}
${button(vog.supply)}</form></details>`
}

function deciding(page: FilePage): Html {
  const { view, locale, link, today } = page
  const { vog, outcomes } = locale.texts
  const ref = view.application.applicationRef
  const allowed = OUTCOMES.filter((outcome) => outcome !== 'REFUSED' || mayRefuse(view, today))
  const choices = allowed.map((value) => ({ value, label: outcomes[value] }))
  const announce = html`<h3>${vog.announce}</h3><p>${vog.refuseFirst}</p>
<form method="post" action="${link('/vog/announce')}">${hidden('ref', ref)}
${formField({ name: 'grounds', label: vog.grounds, kind: 'text', required: true, maxLength: 8_000, hint: vog.groundsHint })}
${formField({ name: 'viewsUntil', label: vog.viewsUntil, kind: 'date', required: true })}
${button(vog.announce)}</form>`
  return html`<section aria-labelledby="decide"><h2 id="decide">${vog.decide}</h2>
${
  view.announced
    ? html`<p>${vog.announced(view.announced.viewsUntil)} ${sentNote(view.announced.sent, locale)}</p>
${definitionList([[vog.grounds, view.announced.grounds]])}`
    : announce
}
<form method="post" action="${link('/vog/decide')}">${hidden('ref', ref)}
${formField({ name: 'outcome', label: vog.outcome, kind: 'radio', choices })}
${button(vog.decide)}</form></section>`
}

function decided({ view, locale }: FilePage): Html | false {
  const { decision } = view
  if (!decision) return false
  const { vog, outcomes } = locale.texts
  return html`<section aria-labelledby="decided"><h2 id="decided">${vog.decided}</h2>
<p><strong>${outcomes[decision.outcome]}</strong>, ${time(decision.at, locale.lang)} ${sentNote(decision.sent, locale)}</p>
<p>${decision.destroyed ? vog.destroyed : vog.notDestroyed}</p></section>`
}

/** One file: who, deadlines, whom was asked, what came, and what may be decided. */
export function filePage(page: FilePage): Html {
  const { view, duties, locale } = page
  const { vog } = locale.texts
  return html`<h1>${view.application.applicationRef}</h1>
${decided(page)}
<section aria-labelledby="person"><h2 id="person">${vog.person}</h2>${applicationList(view.application, locale)}</section>
<section aria-labelledby="terms"><h2 id="terms">${vog.terms}</h2>${dutyTable(duties, locale)}</section>
${questions(page)}
<section aria-labelledby="answers"><h2 id="answers">${vog.answers}</h2>
${view.answers.length === 0 ? html`<p class="quiet">${vog.noAnswers}</p>` : view.answers.map((one) => answer(one, page))}</section>
${!view.decision && deciding(page)}`
}

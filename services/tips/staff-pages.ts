import type { Outcome } from '#sdk/send-once.ts'
import { countryName } from '#web/countries.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { formField } from '#web/form-field.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { PageLocale } from '#web/page-locale.ts'
import { TIP_LENGTHS, type TipFault } from './read-tip-form.ts'
import type { TipsTexts } from './texts.ts'
import type { Question, Tip } from './tip-file.ts'

type Locale = PageLocale<TipsTexts>
export type LinkTo = (path: string) => string

/** What a member of staff typed that was not taken: by field, with the values. */
export interface Typed {
  readonly values: Readonly<Record<string, string>>
  readonly faults: Readonly<Record<string, TipFault | undefined>>
}

/** Whether somebody has to do something with it now. */
const waits = (tip: Tip, questions: readonly Question[]): number =>
  Number(tip.state === 'new') +
  questions.filter(({ state }) => state === 'received' || state === 'answered').length

export function tipListPage(
  { lang, texts }: Locale,
  link: LinkTo,
  tips: readonly { readonly tip: Tip; readonly questions: readonly Question[] }[],
): Html {
  const { list } = texts
  const urgent = ({ tip }: { readonly tip: Tip }) => Number(tip.report.childAtRisk && tip.state === 'new')
  const rows = [...tips]
    .sort((a, b) => urgent(b) - urgent(a))
    .map(({ tip, questions }) => [
      html`<a href="${link(`/staff/tips/${tip.ref}`)}">${tip.ref}</a>${tip.report.childAtRisk && html` <strong class="error">${list.urgent}</strong>`}`,
      time(tip.receivedAt, lang),
      `${tip.report.place}, ${countryName(tip.report.country, lang)}`,
      list.states[tip.state],
      list.statuses[tip.status],
      list.toDo(waits(tip, questions)),
    ])
  const { title, caption, headings, none } = list
  return html`<h1>${title}</h1>
${rows.length === 0 ? html`<p class="empty">${none}</p>` : dataTable({ caption, headings, rows })}`
}

export function tipPage(
  { lang, texts }: Locale,
  link: LinkTo,
  tip: Tip,
  questions: readonly Question[],
  typed: Typed,
): Html {
  const { tip: words, form, list } = texts
  const { report } = tip
  const contact =
    report.contact &&
    html`${report.contact}${report.contactPolicy !== 'POLICE_OK' && html` <em>(${words.contactStays})</em>`}`
  return html`<h1>${words.title(tip.ref)}</h1>
${definitionList([
  [list.headings[3], list.states[tip.state]],
  [list.headings[4], list.statuses[tip.status]],
  [words.received, time(tip.receivedAt, lang)],
  [words.kept, time(tip.keepUntil, lang)],
  [form.childAtRisk.label, report.childAtRisk ? html`<strong class="error">${words.yes}</strong>` : words.no],
  [form.place.label, `${report.place}, ${countryName(report.country, lang)}`],
  [form.observedOn.label, report.observedAt?.slice(0, 10) ?? words.none],
  [form.facts.label, html`<span class="told">${report.facts}</span>`],
  [form.suspect.label, html`<span class="told">${report.suspectDescription ?? words.none}</span>`],
  [form.policy.label, form.policies[report.contactPolicy]],
  [form.contact.label, contact ?? words.none],
])}
${tip.outcome && html`<h2>${words.outcome}</h2>${outcomePart(lang, words, tip.outcome)}`}
${tip.state === 'new' && reviewPart(texts, link(`/staff/tips/${tip.ref}`), tip, typed)}
<h2>${words.questions}</h2>
${questions.length === 0 && html`<p>${words.noQuestions}</p>`}
${questions.map((question) => questionPart(lang, texts, link(`/staff/questions/${question.handoff}`), question, typed))}`
}

function outcomePart(lang: 'nl' | 'en', words: TipsTexts['tip'], { verdict, reasons }: Outcome): Html {
  return html`<p data-verdict="${verdict}">${words.outcomes[verdict]}</p>
${reasons.length > 0 && html`<ul>${reasons.map((one) => html`<li><code>${one.code}</code> ${one[lang]}</li>`)}</ul>`}`
}

function reviewPart(texts: TipsTexts, action: string, tip: Tip, { values, faults }: Typed): Html {
  const { tip: words, form, faults: wrong } = texts
  const field = (name: 'facts' | 'suspect' | 'assessment', value: string) => {
    const fault = faults[name]
    return {
      name,
      kind: 'text',
      value: values[name] ?? value,
      maxLength: TIP_LENGTHS[name],
      error: fault && wrong[fault],
    } as const
  }
  const suspect = field('suspect', tip.report.suspectDescription ?? '')
  return html`<h2>${words.review}</h2>
<p>${words.reviewIntro}</p>
<form method="post" action="${action}/forward">
${formField({ label: form.facts.label, ...field('facts', tip.report.facts), required: true })}
${formField({ label: form.suspect.label, ...suspect })}
${formField({ ...words.assessment, ...field('assessment', ''), required: true })}
<div class="actions"><button type="submit">${words.forward}</button></div>
</form>
<form method="post" action="${action}/set-aside">
<p class="hint">${words.setAsideHint}</p>
<div class="actions"><button type="submit">${words.setAside}</button></div>
</form>`
}

function questionPart(
  lang: 'nl' | 'en',
  { tip: words, faults: wrong }: TipsTexts,
  action: string,
  question: Question,
  { values, faults }: Typed,
): Html {
  const { state, answer, outcome } = question
  const name = `answer-${question.handoff}`
  const fault = faults[name]
  return html`<section aria-labelledby="q-${question.handoff}"><h3 id="q-${question.handoff}">${question.id} – ${words.states[state]}</h3>
<p class="told">${question.text}</p>
${outcome && outcomePart(lang, words, outcome)}
${state === 'received' && html`<form method="post" action="${action}/relay"><div class="actions"><button type="submit">${words.relay}</button></div></form>`}
${state === 'sent' && html`<blockquote class="told">${answer}</blockquote>`}
${
  state === 'answered' &&
  html`<form method="post" action="${action}/pass-on">
${formField({ ...words.answer, name, kind: 'text', required: true, maxLength: TIP_LENGTHS.answer, value: values[name] ?? answer ?? '', error: fault && wrong[fault] })}
<div class="actions"><button type="submit">${words.passOn}</button></div>
</form>`
}</section>`
}

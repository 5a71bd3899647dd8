import type { FactValue, Mark, Question } from '#core/decision/verdict.ts'
import type { Oin } from '#core/ids.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, type HtmlValue, html } from '#web/html.ts'
import { factWords } from './fact-words.ts'
import type { HandoffView } from './handoff-view.ts'
import { codeName } from './name-words.ts'

function markText(mark: Mark, { epoch, locale }: HandoffView): string {
  const name = epoch.partners.get(mark.originator as Oin)?.name ?? mark.originator
  const regimes = mark.regimes.map((regime) => codeName('Regime', regime, locale.lang, epoch)).join(', ')
  return `${name} (${[mark.handling, regimes, ...mark.classes].filter((part) => part !== '').join('; ')})`
}

function terms(question: Question, view: HandoffView): Html {
  const { epoch, locale } = view
  const { handoff, list } = locale.texts
  const code = (entity: string, value: string): HtmlValue => {
    const words = codeName(entity, value, locale.lang, epoch)
    return words === value ? html`<code>${value}</code>` : html`${words} <code class="name">${value}</code>`
  }
  const { purpose, basis, ground, validUntil } = question.terms
  const marks = question.label.marks.map((mark) => html`<li>${markText(mark, view)}</li>`)
  return definitionList([
    [handoff.purpose, code('Purpose', purpose)],
    [handoff.claimedBasis, code('Basis', basis)],
    [handoff.ground, code('Ground', ground)],
    [handoff.validUntil, validUntil === null ? handoff.unlimited : time(validUntil, locale.lang)],
    [handoff.decidedAt, time(question.at.decided, locale.lang)],
    [handoff.occurredAt, question.at.occurred === null ? null : time(question.at.occurred, locale.lang)],
    [handoff.regime, code('Regime', question.label.regime)],
    [handoff.handling, html`<code>${question.label.handling}</code>`],
    [handoff.originators, marks.length === 0 ? list.nothing : html`<ul class="plain">${marks}</ul>`],
  ])
}

function factRow(name: string, value: FactValue, view: HandoffView): readonly HtmlValue[] {
  const { epoch, locale } = view
  const fact = epoch.facts.find((each) => each.name === name)
  return [
    html`${fact?.[locale.lang] ?? name} <code class="name">${name}</code>`,
    factWords(fact, value, { epoch, lang: locale.lang, texts: locale.texts }),
    fact ? locale.texts.handoff.origins[fact.origin] : '–',
  ]
}

/** The question the verdict answers: terms, label and facts in words, without any value of the message's data. */
export function questionSection(view: HandoffView): Html | false {
  const question = view.decided?.question
  if (!question) return false
  const { handoff } = view.locale.texts
  const facts = Object.entries(question.facts)
  const table = dataTable({
    caption: handoff.factsCaption,
    headings: [handoff.fact, handoff.value, handoff.origin],
    rows: facts.map(([name, value]) => factRow(name, value, view)),
  })
  return html`<section aria-labelledby="question"><h2 id="question">${handoff.question}</h2>
<p class="quiet">${handoff.questionIntro}</p>
<h3>${handoff.terms}</h3>
${terms(question, view)}
<h3>${handoff.facts}</h3>
${facts.length === 0 ? html`<p>${handoff.noFacts}</p>` : table}
</section>`
}

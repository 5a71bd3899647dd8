import { formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import { imageryPointer, leaveLink } from './form-page.ts'
import { TIP_LENGTHS, type TipFault } from './read-tip-form.ts'
import type { Visit } from './reporter-side.ts'
import type { TipsTexts } from './texts.ts'
import type { Question } from './tip-file.ts'

/** The code, on the only page that ever has it. */
export function codePage(texts: TipsTexts, code: string, back: string): Html {
  const { code: words } = texts
  return html`${leaveLink(texts)}<h1>${words.title}</h1>
<p>${words.text}</p>
<p class="code" id="code">${code}</p>
<p><strong>${words.keep}</strong></p>
<p><a href="${back}">${words.next}</a></p>`
}

/** Where a code is typed. It goes in the body of a form, never in an address. */
export function comeBackPage(
  texts: TipsTexts,
  action: string,
  refused?: keyof TipsTexts['comeBack']['refused'],
): Html {
  const { comeBack } = texts
  return html`${leaveLink(texts)}<h1>${comeBack.title}</h1>
<p class="intro">${comeBack.intro}</p>
<form method="post" action="${action}" autocomplete="off">
${formField({ name: 'code', label: comeBack.label, kind: 'line', required: true, maxLength: 100, error: refused && comeBack.refused[refused] })}
<div class="actions"><button type="submit">${comeBack.look}</button></div>
</form>`
}

export interface VisitState {
  readonly code: string
  /** An answer that was not taken. */
  readonly fault?: { readonly handoff: string; readonly text: string; readonly fault: TipFault }
}

/**
 * What the reporter sees of the tip: a word on where it stands, and questions; nothing of what was told, should somebody else have
 * the code. The code goes along in the forms: there is no session and no cookie to be found afterwards.
 */
export function visitPage(
  texts: TipsTexts,
  action: string,
  { tip, questions }: Extract<Visit, { kind: 'found' }>,
  state: VisitState,
): Html {
  const { visit } = texts
  return html`${leaveLink(texts)}<h1>${visit.title}</h1>
<p class="callout" id="status" data-status="${tip.status}">${visit.statuses[tip.status]}</p>
<h2>${visit.questions}</h2>
${questions.length === 0 && html`<p>${visit.none}</p>`}
${questions.map((question) => questionPart(texts, action, question, state))}`
}

function questionPart(
  texts: TipsTexts,
  action: string,
  question: Question,
  { code, fault }: VisitState,
): Html {
  const { visit, faults } = texts
  const mine = fault?.handoff === question.handoff ? fault : undefined
  const asked = html`<h3>${visit.question}</h3>
<p>${question.text}</p>`
  if (question.state !== 'relayed')
    return html`${asked}
<p class="good">${visit.answered}</p>`
  return html`${asked}
<form method="post" action="${action}" autocomplete="off">
<input type="hidden" name="code" value="${code}">
<input type="hidden" name="question" value="${question.handoff}">
${formField({ ...visit.answer, name: `answer-${question.handoff}`, kind: 'text', required: true, maxLength: TIP_LENGTHS.answer, value: mine?.text, error: mine && faults[mine.fault] })}
${mine?.fault === 'imagery' && html`<p>${imageryPointer(texts)}</p>`}
<div class="actions"><button type="submit">${visit.send}</button></div>
</form>`
}

import { type Choice, formField } from '#web/form-field.ts'
import { timeText } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { ComposeInput } from './compose-pages.ts'
import type { PageView } from './page-view.ts'
import { className, evidenceName } from './read-publication.ts'

/** What the message belongs to: what it answers, whose case it continues, what it supersedes. */
export function references({ received, sent, body }: ComposeInput, view: PageView): Html {
  const { texts, words, lang } = view
  const got = received.map(({ handoff, type, from, at }) => ({
    value: handoff,
    label: `${words.type(type)}, ${words.party(from)}, ${timeText(at, lang)}`,
  }))
  const given = sent.flatMap(({ status, type, at }) =>
    status.handoffs.map(({ handoff, to }) => ({
      value: handoff,
      label: `${words.type(type)}, ${words.party(to)}, ${timeText(at, lang)}`,
    })),
  )
  const choose = (name: string, label: string, none: string, choices: readonly Choice[]) =>
    formField({
      name,
      label,
      kind: 'choice',
      value: body[name],
      choices: [{ value: '', label: none }, ...choices],
    })
  return html`${choose('/inReplyTo', texts.compose.inReplyTo, texts.compose.notReply, got)}
${choose('/subject', texts.compose.subject, texts.compose.newCase, [...got, ...given])}
${choose('/supersedes', texts.compose.supersedes, texts.compose.notSupersedes, given)}`
}

/** Labels that go along, and whether the content comes from them. */
export function evidence(
  { received, body }: ComposeInput,
  errors: Readonly<Record<string, string>>,
  view: PageView,
): Html {
  const { texts, words, lang } = view
  const boxes = received.map(({ handoff, type, from, at }) =>
    formField({
      name: evidenceName(handoff),
      label: `${words.type(type)}, ${words.party(from)}, ${timeText(at, lang)}`,
      kind: 'check',
      value: body[evidenceName(handoff)],
    }),
  )
  const error = errors['/evidence']
  return html`<fieldset class="field" id="/evidence"><legend>${texts.compose.evidence}</legend><p class="hint">${texts.compose.evidenceHint}</p>${error && html`<p class="error">${error}</p>`}${boxes.length === 0 ? html`<p>${texts.compose.noEvidence}</p>` : boxes}</fieldset>
${formField({
  name: '/origin',
  label: texts.compose.origin,
  kind: 'radio',
  value: body['/origin'] ?? 'own',
  choices: [
    { value: 'own', label: texts.compose.own },
    { value: 'derived', label: texts.compose.derived },
  ],
})}`
}

/** A class for single fields, where the whole message has none or another; folded until somebody chose one. */
export function fieldClasses({ form, body }: ComposeInput, { texts, words, lang }: PageView): Html {
  const classes = words
    .codesOf('Class')
    .map(({ code, [lang]: label }) => ({ value: code, label: `${code} – ${label}` }))
  const names = form.fields.map(({ name }) => className(name))
  const open = names.some((name) => (body[name] ?? '') !== '')
  const fields = form.fields.map((field) => {
    const name = className(field.name)
    return formField({
      name,
      label: field[lang],
      kind: 'choice',
      value: body[name],
      choices: [{ value: '', label: '–' }, ...classes],
    })
  })
  return html`<details${open && html` open`}><summary>${texts.in.contextNames['fieldClass']}</summary>${fields}</details>`
}

import type { TypeForm } from '#sdk/catalogue.ts'
import type { PublishedRoute } from '#sdk/gateway-answers.ts'
import type { FormBody } from '#web/form-body.ts'
import { type Choice, errorSummary, formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { evidence, fieldClasses, references } from './compose-references.ts'
import { dataFields, type FieldsInput } from './data-fields.ts'
import { type PageView, troubleNote } from './page-view.ts'
import type { Faults } from './read-data.ts'
import { CONTEXT_CODES, recipientName, routeValue } from './read-publication.ts'
import type { ReceivedRow, SentRow } from './store.ts'

const PERSONS = ['SUSPECT', 'VICTIM', 'THIRD', 'CONVICTED']
const OPINIONS = ['FACT', 'OPINION']
const ENTITIES: Readonly<Record<string, string>> = {
  regime: 'Regime',
  handling: 'Handling',
  wpgClass: 'Class',
  evaluation: 'Evaluation',
}

export interface ComposeInput {
  readonly form: TypeForm
  readonly routes: readonly PublishedRoute[]
  readonly received: readonly ReceivedRow[]
  readonly sent: readonly SentRow[]
  readonly body: FormBody
  readonly faults: Faults
  /** Of the message: a second sending of the same page is the same message. */
  readonly id: string
}

const wordsOf = (faults: Faults, { texts }: PageView): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(faults).map(([pointer, fault]) => [pointer, texts.compose.faults[fault]]))

/** One choice for each possible recipient: so nobody gets two. */
function recipients({ routes, body }: ComposeInput, view: PageView): Html {
  const { texts, words } = view
  const urns = [...new Set(routes.map(({ to }) => to))]
  return html`${urns.map((to) => {
    const ways = routes.filter((route) => route.to === to)
    const choices = ways.map((route) => ({
      value: routeValue(route),
      label: `${words.code('Purpose', route.purpose)} – ${words.code('Basis', route.basis)} (${route.article}${route.verified ? '' : ' †'})`,
    }))
    const name = recipientName(to)
    return formField({
      name,
      label: words.party(to),
      kind: 'choice',
      value: body[name],
      choices: [{ value: '', label: texts.compose.notTo }, ...choices],
    })
  })}`
}

function contextFields(
  { body }: ComposeInput,
  errors: Readonly<Record<string, string>>,
  view: PageView,
): Html {
  const { texts, words } = view
  const choicesOf = (name: string): readonly Choice[] => {
    if (name === 'personCategory')
      return PERSONS.map((value) => ({ value, label: texts.compose.choices[value] ?? value }))
    if (name === 'factOrOpinion')
      return OPINIONS.map((value) => ({ value, label: texts.compose.choices[value] ?? value }))
    return words.codesOf(ENTITIES[name] ?? '').map(({ code, [view.lang]: label }) => ({
      value: code,
      label: label === code ? code : `${code} – ${label}`,
    }))
  }
  const codes = CONTEXT_CODES.map((name) => {
    const pointer = `/context/${name}`
    const required = name === 'regime' || name === 'handling'
    const label = texts.in.contextNames[name] ?? name
    return formField({
      name: pointer,
      label: required ? label : texts.compose.optional(label),
      kind: 'choice',
      value: body[pointer],
      error: errors[pointer],
      choices: [{ value: '', label: required ? texts.compose.pick : '–' }, ...choicesOf(name)],
    })
  })
  const name = '/context/occurredAt'
  const label = texts.compose.optional(texts.in.contextNames['occurredAt'] ?? '')
  const retain = { name: '/context/retainUntil', label: texts.in.contextNames['retainUntil'] ?? '' }
  const review = { name: '/reviewAt', label: texts.compose.reviewAt }
  const dates = [retain, review].map(({ name: at, label: text }) =>
    formField({
      name: at,
      label: texts.compose.optional(text),
      kind: 'date',
      value: body[at],
      error: errors[at],
    }),
  )
  return html`${codes}${dates}${formField({ name, label, hint: texts.compose.dutchTime, kind: 'datetime-local', value: body[name], error: errors[name] })}`
}

/** The whole form of a message; what was typed is still there when something was wrong. */
export function composePage(input: ComposeInput, view: PageView): SitePage {
  const { texts, words, lang } = view
  const { form, body, faults, id } = input
  const errors = wordsOf(faults, view)
  const fields: FieldsInput = { body, errors, view }
  const title = form[lang]
  const terms = errors['/terms']
  const grounds = words.codesOf('Ground').map(({ code, [lang]: label }) => ({ value: code, label }))
  return {
    title,
    below: '/compose',
    main: html`<h1>${title}</h1>
${troubleNote(view)}
${Object.keys(errors).length > 0 && errorSummary(texts.compose.wrong, named(errors, form, view))}
<form method="post" action="${view.link(`/compose/${form.name}`)}">
<button type="submit" name="step" value="preview" class="visually-hidden" tabindex="-1" aria-hidden="true">${texts.compose.preview}</button>
<input type="hidden" name="id" value="${id}">
<fieldset class="field" id="/terms"><legend>${texts.compose.recipients}</legend><p class="hint">${texts.compose.recipientsHint}</p>${terms && html`<p class="error">${terms}</p>`}
${recipients(input, view)}
${formField({ name: '/terms/ground', label: texts.compose.ground, kind: 'choice', value: body['/terms/ground'] ?? 'none', choices: grounds })}</fieldset>
<h2>${texts.compose.data}</h2>
${dataFields(form, fields)}
<h2>${texts.compose.context}</h2>
${contextFields(input, errors, view)}
${fieldClasses(input, view)}
<h2>${texts.compose.about}</h2>
${references(input, view)}
${evidence(input, errors, view)}
<h2>${texts.compose.by}</h2>
${formField({ name: '/preparedBy/role', label: texts.compose.role, kind: 'line', required: true, maxLength: 64, value: body['/preparedBy/role'], error: errors['/preparedBy/role'] })}
${formField({ name: '/freeTextReviewed', label: texts.compose.reviewed, kind: 'check', value: body['/freeTextReviewed'] })}
<div class="actions"><button type="submit" name="step" value="preview">${texts.compose.preview}</button></div>
</form>`,
  }
}

/** Errors for the summary: each says which field it means. */
function named(
  errors: Readonly<Record<string, string>>,
  form: TypeForm,
  view: PageView,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(errors).map(([pointer, text]) => {
      if (pointer === '') return ['main', `${view.texts.compose.whole}: ${text}`]
      const [, part = '', name = ''] = pointer.split('/')
      const label =
        part === 'data' ? view.words.member(form.name, name) : (view.texts.in.contextNames[name] ?? pointer)
      return [pointer, `${label}: ${text}`]
    }),
  )
}

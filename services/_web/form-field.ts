import { type Html, html } from './html.ts'

export interface Choice {
  readonly value: string
  readonly label: string
}

export interface FormField {
  readonly name: string
  readonly label: string
  readonly kind: 'line' | 'text' | 'date' | 'datetime-local' | 'password' | 'choice' | 'radio' | 'check'
  readonly value?: string | undefined
  readonly hint?: string | undefined
  /** What is wrong with the value given; undefined = nothing. */
  readonly error?: string | undefined
  readonly required?: boolean
  readonly maxLength?: number
  readonly autocomplete?: string
  readonly choices?: readonly Choice[]
}

/** Label, hint, error and input, tied together for screen readers. The page writes no value that it was not given. */
export function formField(field: FormField): Html {
  const { name, hint, error } = field
  const described = [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ')
  const attributes = html`${described !== '' && html` aria-describedby="${described}"`}${error && html` aria-invalid="true"`}`
  const notes = html`${hint && html`<p class="hint" id="${name}-hint">${hint}</p>`}${
    error && html`<p class="error" id="${name}-error">${error}</p>`
  }`
  if (field.kind === 'radio') return radios(field, notes, attributes)
  if (field.kind === 'check') {
    const checked = field.value === 'yes' && html` checked`
    return html`<div class="field"><label class="check"><input type="checkbox" id="${name}" name="${name}" value="yes"${checked}${attributes}> ${field.label}</label>${notes}</div>`
  }
  return html`<div class="field"><label for="${name}">${field.label}</label>${notes}${input(field, attributes)}</div>`
}

function input(field: FormField, attributes: Html): Html {
  const { name, kind, value, required, maxLength, autocomplete } = field
  const more = html`${attributes}${required && html` required`}${
    maxLength !== undefined && html` maxlength="${maxLength}"`
  } autocomplete="${autocomplete ?? 'off'}"`
  switch (kind) {
    case 'text':
      return html`<textarea id="${name}" name="${name}" rows="5"${more}>
${value}</textarea>`
    case 'choice':
      return html`<select id="${name}" name="${name}"${more}>${(field.choices ?? []).map(
        (choice) =>
          html`<option value="${choice.value}"${choice.value === value && html` selected`}>${choice.label}</option>`,
      )}</select>`
    case 'line':
      return html`<input type="text" id="${name}" name="${name}" value="${value}"${more}>`
    case 'date':
    case 'datetime-local':
    case 'password':
      return html`<input type="${kind}" id="${name}" name="${name}" value="${value}"${more}>`
    case 'radio':
    case 'check':
      return html``
  }
}

function radios(field: FormField, notes: Html, attributes: Html): Html {
  const { name, label, choices = [], value, required } = field
  const items = choices.map((choice, index) => {
    const id = index === 0 ? name : `${name}-${index}`
    const checked = choice.value === value && html` checked`
    return html`<label class="check"><input type="radio" id="${id}" name="${name}" value="${choice.value}"${checked}${required && html` required`}> ${choice.label}</label>`
  })
  return html`<fieldset class="field"${attributes}><legend>${label}</legend>${notes}${items}</fieldset>`
}

/** At the head of a form that was not accepted: what is wrong, with links to the fields. */
export function errorSummary(title: string, errors: Readonly<Record<string, string>>): Html {
  const items = Object.entries(errors).map(([name, text]) => html`<li><a href="#${name}">${text}</a></li>`)
  return html`<div class="error-summary" role="alert" tabindex="-1"><h2>${title}</h2><ul class="links">${items}</ul></div>`
}

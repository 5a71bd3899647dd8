import { countryChoices } from '#web/countries.ts'
import { errorSummary, formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import type { PageLocale } from '#web/page-locale.ts'
import { TIP_LENGTHS, type TipFault, type TipField } from './read-tip-form.ts'
import type { TipsTexts } from './texts.ts'

/** Somewhere that says nothing about who was here. */
const NEUTRAL = 'https://www.knmi.nl/'
const IMAGERY_HOTLINE = 'https://www.meldpunt-kinderporno.nl/'

/** At the head of every page of reporters; `noreferrer`, so the place it leads to does not learn where somebody came from. */
export const leaveLink = ({ leave }: TipsTexts): Html =>
  html`<p class="leave"><a class="button" href="${NEUTRAL}" rel="noreferrer noopener" data-leave>${leave.label}</a> <span class="quiet">${leave.hint}</span></p>
`

export interface FormState {
  readonly values: Readonly<Record<string, string>>
  readonly faults: Readonly<Partial<Record<TipField, TipFault>>>
  /** Number of the empty form, so that sending it twice is one tip. */
  readonly form: string
}

/** The form that asks no identity and takes no file. */
export function formPage({ lang, texts }: PageLocale<TipsTexts>, action: string, state: FormState): Html {
  const { form, faults: words } = texts
  const errors = Object.fromEntries(
    Object.entries(state.faults).map(([name, fault]) => [name, `${labelOf(form, name)}: ${words[fault]}`]),
  )
  const field = (name: TipField) => {
    const fault = state.faults[name]
    return { name, value: state.values[name], error: fault && words[fault] }
  }
  const policies = (['HOTLINE_ONLY', 'POLICE_OK', 'ANONYMOUS'] as const).map((value) => ({
    value,
    label: form.policies[value],
  }))
  return html`${leaveLink(texts)}<h1>${form.title}</h1>
${Object.keys(errors).length > 0 && errorSummary(form.wrong, errors)}
<p class="intro">${form.intro}</p>
<p class="callout"><strong>${form.danger}</strong></p>
<p>${form.noImagery} ${imageryPointer(texts)}</p>
<form method="post" action="${action}" autocomplete="off" novalidate>
<input type="hidden" name="form" value="${state.form}">
${formField({ ...form.facts, ...field('facts'), kind: 'text', required: true, maxLength: TIP_LENGTHS.facts })}
${formField({ ...form.country, ...field('country'), kind: 'choice', required: true, choices: countryChoices(lang) })}
${formField({ ...form.place, ...field('place'), kind: 'line', required: true, maxLength: TIP_LENGTHS.place })}
${formField({ ...form.observedOn, ...field('observedOn'), kind: 'date' })}
${formField({ ...form.suspect, ...field('suspect'), kind: 'text', maxLength: TIP_LENGTHS.suspect })}
${formField({ ...form.childAtRisk, name: 'childAtRisk', kind: 'check', value: state.values['childAtRisk'] })}
${formField({ ...form.policy, ...field('contactPolicy'), kind: 'radio', required: true, choices: policies })}
${formField({ ...form.contact, ...field('contact'), kind: 'line', maxLength: TIP_LENGTHS.contact })}
<div class="actions"><button type="submit">${form.send}</button></div>
</form>`
}

function labelOf(form: TipsTexts['form'], name: string): string {
  if (name === 'contactPolicy') return form.policy.label
  const named = form[name as Exclude<TipField, 'contactPolicy'>]
  return named.label
}

export const imageryPointer = ({ imagery }: TipsTexts): Html =>
  html`${imagery.text} <a href="${IMAGERY_HOTLINE}" rel="noreferrer noopener">${imagery.link}</a>.`

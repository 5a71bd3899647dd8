import { type Html, html } from '#web/html.ts'
import type { Identity } from '../person.ts'
import type { FieldOf, Locale } from './page.ts'

/** The six fields of an identity; filled from `known` until something else was typed. */
export function identityFields(field: FieldOf, { texts }: Locale, known?: Identity): Html {
  const { person, countryHint } = texts
  const value = (name: keyof Identity) => (known?.[name] ? { value: known[name] } : {})
  return html`${field({ name: 'surname', label: person.surname, kind: 'line', required: true, maxLength: 200, ...value('surname') })}
${field({ name: 'givenNames', label: person.givenNames, kind: 'line', required: true, maxLength: 200, ...value('givenNames') })}
${field({ name: 'birthDate', label: person.birthDate, kind: 'date', required: true, ...value('birthDate') })}
${field({ name: 'birthPlace', label: person.birthPlace, kind: 'line', maxLength: 200, ...value('birthPlace') })}
${field({ name: 'birthCountry', label: person.birthCountry, kind: 'line', maxLength: 2, hint: countryHint, ...value('birthCountry') })}
${field({ name: 'formerNames', label: person.formerNames, kind: 'line', maxLength: 200, ...value('formerNames') })}`
}

import { definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { PageView } from './page-view.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/

/** A technical name as words: `givenNames` → `given names`. Nested members have no words of their own in a schema. */
export const spaced = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

/** Any value of a message, for reading. */
export function showValue(value: unknown, { lang, texts }: Pick<PageView, 'lang' | 'texts'>): Html {
  const view = { lang, texts }
  if (typeof value === 'boolean') return html`${value ? texts.yes : texts.no}`
  if (typeof value === 'number') return html`${value}`
  if (typeof value === 'string')
    return TIME.test(value) ? time(Date.parse(value), lang) : html`<span class="text">${value}</span>`
  if (Array.isArray(value))
    return value.length === 0
      ? html`${texts.none}`
      : html`<ul class="plain">${value.map((one) => html`<li>${showValue(one, view)}</li>`)}</ul>`
  if (typeof value !== 'object' || value === null) return html`–`
  const members = Object.entries(value).filter(([, one]) => one !== null)
  return definitionList(members.map(([name, one]) => [spaced(name), showValue(one, view)]))
}

/** What was shown, each member by its name in words. `form`: name or vct of the type whose schema names them. */
export function showData(data: Readonly<Record<string, unknown>>, form: string, view: PageView): Html {
  const members = Object.entries(data).filter(([, value]) => value !== null)
  return definitionList(
    members.map(([name, value]) => [view.words.member(form, name), showValue(value, view)]),
  )
}

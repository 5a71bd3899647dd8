import type { Shape } from '#sdk/catalogue.ts'
import { definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { PageView } from './page-view.ts'

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/

/** A technical name as words: `givenNames` → `given names`. Nested members have no words of their own in a schema. */
export const spaced = (name: string): string =>
  name.replace(/(?<=[a-z0-9])[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

type ValueView = Pick<PageView, 'lang' | 'texts' | 'words'>

/** Any value of a message, for reading; codes in words where its schema says which they are. */
export function showValue(value: unknown, view: ValueView, shape?: Shape): Html {
  const { texts, lang, words } = view
  if (typeof value === 'boolean') return html`${value ? texts.yes : texts.no}`
  if (typeof value === 'number') return html`${value}`
  if (typeof value === 'string') {
    if (shape?.kind === 'enum') return html`${words.code(shape.name, value)}`
    return TIME.test(value) ? time(Date.parse(value), lang) : html`<span class="text">${value}</span>`
  }
  if (Array.isArray(value)) {
    const items = shape?.kind === 'array' ? shape.items : undefined
    if (value.length === 0) return html`${texts.none}`
    return html`<ul class="plain">${value.map((one) => html`<li>${showValue(one, view, items)}</li>`)}</ul>`
  }
  if (typeof value !== 'object' || value === null) return html`–`
  const fields = shape?.kind === 'record' ? shape.fields : []
  const members = inOrder(value, fields).filter(([, one]) => one !== null)
  return definitionList(
    members.map(([name, one]) => [spaced(name), showValue(one, view, shapeOf(name, fields))]),
  )
}

interface Named {
  readonly name: string
  readonly shape: Shape
}

const shapeOf = (name: string, fields: readonly Named[]): Shape | undefined =>
  fields.find((field) => field.name === name)?.shape

/** Members as the schema orders them; disclosures come in an order of chance. */
function inOrder(value: object, fields: readonly Named[]): readonly (readonly [string, unknown])[] {
  const place = (name: string) => {
    const index = fields.findIndex((field) => field.name === name)
    return index < 0 ? fields.length : index
  }
  return Object.entries(value).toSorted(([a], [b]) => place(a) - place(b))
}

/** What was shown, each member by its name in words. `form`: name or vct of the type whose schema names them. */
export function showData(data: Readonly<Record<string, unknown>>, form: string, view: PageView): Html {
  const fields = view.words.form(form)?.fields ?? []
  const members = inOrder(data, fields).filter(([, value]) => value !== null)
  return definitionList(
    members.map(([name, value]) => [
      view.words.member(form, name),
      showValue(value, view, shapeOf(name, fields)),
    ]),
  )
}

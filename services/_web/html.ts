/** Text that is markup already: only `html` makes it, so every other value is escaped on its way in. */
export class Html {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  toString(): string {
    return this.#text
  }

  /** The tag: literal parts are markup; values are escaped unless they are Html. Attribute values stand in double quotes. */
  static tag(literals: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
    const parts = literals.map(
      (literal, index) => `${literal}${index < values.length ? render(values[index]) : ''}`,
    )
    return new Html(parts.join(''))
  }
}

/** Lists are joined without a separator; null, undefined and false say nothing. */
export type HtmlValue = Html | string | number | null | undefined | false | readonly HtmlValue[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
}

function escapeText(text: string): string {
  return text.toWellFormed().replace(/[&<>"'`]/g, (character) => ENTITIES[character] ?? '')
}

function render(value: HtmlValue): string {
  if (value === null || value === undefined || value === false) return ''
  if (value instanceof Html) return value.toString()
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return value.map(render).join('')
}

/** Markup in which every value is escaped by construction. */
export const html = Html.tag

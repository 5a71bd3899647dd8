import { type Html, html } from './html.ts'

/** A technical name that may break after its dots and dashes, and nowhere else. */
export function breakable(name: string): Html {
  const parts = name.split(/(?<=[.-])/)
  return html`${parts.map((part, index) => html`${index > 0 && html`<wbr>`}${part}`)}`
}

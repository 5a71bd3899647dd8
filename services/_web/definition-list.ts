import { type Html, type HtmlValue, html } from './html.ts'

/** Term and description; a null description leaves the term out. */
export type Definition = readonly [term: HtmlValue, description: HtmlValue]

export function definitionList(items: readonly Definition[], kind = 'facts'): Html {
  const shown = items.filter(([, description]) => description !== null)
  return html`<dl class="${kind}">${shown.map(
    ([term, description]) => html`<div><dt>${term}</dt><dd>${description}</dd></div>`,
  )}</dl>`
}

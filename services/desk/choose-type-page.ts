import { formField } from '#web/form-field.ts'
import { html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { type PageView, troubleNote } from './page-view.ts'

/** Which type to compose: those that some route leads out. `parameters` go along to the form. */
export function chooseTypePage(
  types: readonly string[],
  parameters: Readonly<Record<string, string>>,
  view: PageView,
): SitePage {
  const { texts, words } = view
  const choices = types
    .map((value) => ({ value, label: words.type(value) }))
    .toSorted((a, b) => a.label.localeCompare(b.label, view.lang))
  const hidden = Object.entries(parameters).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return {
    title: texts.compose.title,
    below: '/compose',
    main: html`<h1>${texts.compose.title}</h1>
${troubleNote(view)}
<p class="intro">${texts.compose.chooseIntro}</p>
${
  types.length === 0
    ? html`<p class="empty">${texts.compose.nothing}</p>`
    : html`<form method="get" action="/compose">${hidden}
${formField({ name: 'type', label: texts.compose.choose, kind: 'choice', choices })}
<div class="actions"><button type="submit">${texts.compose.go}</button></div></form>`
}`,
  }
}

import type { TypeForm } from '#sdk/catalogue.ts'
import { definitionList } from '#web/definition-list.ts'
import type { FormBody } from '#web/form-body.ts'
import { html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { mostShown } from './most-shown.ts'
import type { PageView } from './page-view.ts'
import type { Draft } from './read-publication.ts'

/** The most that each recipient would see, before anything is signed. */
export function previewPage(form: TypeForm, draft: Draft, body: FormBody, view: PageView): SitePage {
  const { texts, words } = view
  const { data = {}, withhold = [] } = draft.publication ?? {}
  const list = (members: readonly string[]) =>
    members.map((name) => words.member(form.name, name)).join(', ') || texts.none
  const sections = draft.chosen.map((route, index) => {
    const { shown, hidden } = mostShown(data, route)
    return html`<section aria-labelledby="to-${index}"><h2 id="to-${index}">${words.party(route.to)}</h2>
${definitionList([
  [texts.in.purpose, words.code('Purpose', route.purpose)],
  [texts.in.basis, `${words.code('Basis', route.basis)} (${route.article}${route.verified ? '' : ' †'})`],
  [texts.compose.mostShown, list(shown)],
  [texts.compose.neverShown, list(hidden)],
  [texts.compose.keptBack, withhold.length === 0 ? null : list(withhold)],
  [
    texts.compose.lays,
    route.obligations.map((code) => words.obligation(code, texts)).join(', ') || texts.none,
  ],
])}</section>`
  })
  const { step: _step, more: _more, ...kept } = body
  const hidden = Object.entries(kept).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`,
  )
  return {
    title: texts.compose.previewTitle,
    below: '/compose',
    main: html`<h1>${texts.compose.previewTitle}</h1>
<p class="intro">${texts.compose.previewIntro}</p>
${sections}
<form method="post" action="${view.link(`/compose/${form.name}`)}">${hidden}
<div class="actions"><button type="submit" name="step" value="send">${texts.compose.send}</button> <button type="submit" name="step" value="change">${texts.compose.change}</button></div></form>`,
  }
}

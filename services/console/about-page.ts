import type { Epoch } from '#core/decision/epoch.ts'
import { stateBadge, verdictBadge } from '#web/badges.ts'
import { type Html, type HtmlValue, html } from '#web/html.ts'
import type { Content } from './layout.ts'
import { STATES, VERDICTS } from './list-query.ts'
import type { Locale } from './locale.ts'

/** What one sees, and what the signs mean. */
export function aboutPage(epoch: Epoch, { texts }: Locale): Content {
  const { about } = texts
  const legend = (caption: string, rows: readonly (readonly [HtmlValue, string])[]): Html =>
    html`<table class="legend"><caption>${caption}</caption>
<thead><tr><th scope="col">${about.term}</th><th scope="col">${about.meaning}</th></tr></thead>
<tbody>${rows.map(([term, meaning]) => html`<tr><th scope="row">${term}</th><td>${meaning}</td></tr>`)}</tbody></table>`
  return {
    title: about.title,
    page: 'about',
    main: html`<h1>${about.title}</h1>
<section aria-labelledby="what"><h2 id="what">${about.what}</h2>
<p>${about.whatText}</p>
<p>${about.privacyText}</p></section>
<section aria-labelledby="marks"><h2 id="marks">${about.marks}</h2>
${legend(
  about.verdicts,
  VERDICTS.map((kind) => [verdictBadge(kind, texts), texts.verdictMeanings[kind]]),
)}
${legend(
  about.states,
  STATES.map((state) => [stateBadge(state, texts), texts.stateMeanings[state]]),
)}
<p><strong>†</strong> ${about.dagger}</p>
<p>${about.profile}: ${epoch.profile.strict ? about.strict : about.development}.</p></section>
<section aria-labelledby="keyboard"><h2 id="keyboard">${about.keyboard}</h2>
<p>${about.keyboardText}</p></section>`,
  }
}

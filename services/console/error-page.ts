import { FAILURES } from '#core/failure-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { html } from '#web/html.ts'
import type { PageRefusal } from '#web/page-refusal.ts'
import type { Content } from './layout.ts'
import { type Locale, linkTo } from './locale.ts'

/** Says what went wrong in general; details and causes are for our log, never for the page. */
export function errorPage(refusal: PageRefusal, id: string, locale: Locale): Content {
  const { texts, lang } = locale
  const { title, text } = texts.errors[refusal.status]
  const { code } = refusal
  return {
    title,
    page: null,
    main: html`<h1>${title}</h1>
<p>${text}</p>
${definitionList([
  [texts.errorCode, code === undefined ? null : html`<code>${code}</code> ${FAILURES[code][lang]}`],
  [texts.errorNumber, refusal.status >= 500 ? html`<code>${id}</code>` : null],
])}
<p><a href="${linkTo('/', locale)}">${texts.home}</a></p>`,
  }
}

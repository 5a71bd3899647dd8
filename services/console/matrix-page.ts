import { type Html, html } from './html.ts'
import type { Content } from './layout.ts'
import type { Locale } from './locale.ts'
import { matrixTable } from './matrix-table.ts'
import type { Texts } from './texts.ts'

/** Headings of the file in the reader's language; another heading stands as it is. */
function headingText(heading: string, { matrix }: Texts): string {
  const known: Readonly<Record<string, string>> = {
    from: matrix.from,
    principal: matrix.from,
    type: matrix.type,
    to: matrix.to,
    resource: matrix.to,
    permits: matrix.permits,
    permit: matrix.permits,
    shown: matrix.shown,
    shows: matrix.shown,
    guards: matrix.guards,
    instruments: matrix.instruments,
  }
  const key = heading.toLowerCase()
  return Object.hasOwn(known, key) ? (known[key] ?? heading) : heading
}

function cell(text: string): Html {
  if (text === '' || text === '-') return html`<td>–</td>`
  const parts = text.split(/,\s*/)
  return html`<td>${parts.map((part, index) => html`${index > 0 && ', '}<code>${part}</code>`)}</td>`
}

/** The whole reach of the rules, from `contracts/matrix.txt`. */
export function matrixPage(text: string, locale: Locale): Content {
  const { texts } = locale
  const { matrix } = texts
  const { headings, rows } = matrixTable(text)
  const body = rows.map(
    ([first = '', ...rest]) => html`<tr><th scope="row"><code>${first}</code></th>${rest.map(cell)}</tr>
`,
  )
  const table = html`<div class="wide" role="region" aria-label="${matrix.region}" tabindex="0"><table class="matrix">
<caption>${matrix.caption(rows.length)}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${headingText(heading, texts)}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div>`
  return {
    title: matrix.title,
    page: 'matrix',
    main: html`<h1>${matrix.title}</h1>
<p class="intro">${matrix.intro}</p>
${rows.length === 0 ? html`<p>${matrix.missing}</p>` : table}`,
  }
}

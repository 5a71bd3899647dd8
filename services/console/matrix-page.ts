import type { Epoch } from '#core/decision/epoch.ts'
import type { TypeName } from '#core/ids.ts'
import { breakable } from './breakable.ts'
import { type Html, html } from './html.ts'
import type { Content } from './layout.ts'
import type { Locale } from './locale.ts'
import { type MatrixRow, matrixTable } from './matrix-table.ts'
import { codeName, memberName, typeTitle } from './name-words.ts'

function roles(names: readonly string[], { lang }: Locale, epoch: Epoch): string {
  return names.map((name) => codeName('Role', name, lang, epoch)).join(' + ')
}

/** Fields in words; where the file has a sentence instead of fields, that sentence. */
function fields({ type, shows }: MatrixRow, { lang }: Locale, epoch: Epoch): string {
  const known = epoch.types.get(type as TypeName)
  const names = shows.split(' ')
  const all = names.every((name) => known?.fields.some((field) => field.name === name))
  return all ? names.map((name) => memberName(name, known, lang)).join(', ') : shows
}

function guardList({ guards }: MatrixRow, { texts }: Locale): Html {
  const items = guards.map(({ set, ids }) => {
    const word = Object.hasOwn(texts.matrix.sets, set) ? texts.matrix.sets[set] : set
    const codes = ids.map((id, index) => html`${index > 0 && ' '}<code>${id}</code>`)
    return html`<li><span class="quiet">${word}:</span> ${codes}</li>`
  })
  return html`<ul class="plain">${items}</ul>`
}

function tableRow(row: MatrixRow, locale: Locale, epoch: Epoch): Html {
  const { lang, texts } = locale
  const duties = row.duties.map((duty) => codeName('Obligation', duty, lang, epoch)).join(', ')
  return html`<tr><th scope="row">${typeTitle(row.type, lang, epoch)} <code class="name">${breakable(row.type)}</code></th>
<td>${roles(row.from, locale, epoch)} <span class="to"><span class="arrow" aria-hidden="true">→</span><span class="visually-hidden">${texts.list.to}</span> ${roles(row.to, locale, epoch)}</span></td>
<td><code>${breakable(row.permit)}</code> ${row.terms}</td>
<td>${fields(row, locale, epoch)} <span class="quiet">(${texts.matrix.classes} ${row.classes})</span></td>
<td>${row.listed === '-' ? texts.matrix.unlisted : row.listed}</td>
<td>${duties === '' ? '–' : duties}</td>
<td>${guardList(row, locale)}</td></tr>
`
}

/** The whole reach of the rules, from `contracts/matrix.txt`. */
export function matrixPage(text: string, locale: Locale, epoch: Epoch): Content {
  const { matrix } = locale.texts
  const { rows, rest } = matrixTable(text)
  const headings = [
    matrix.type,
    matrix.route,
    matrix.permits,
    matrix.shown,
    matrix.instruments,
    matrix.duties,
  ]
  const table = html`<div class="wide" role="region" aria-label="${matrix.region}" tabindex="0"><table class="matrix">
<caption>${matrix.caption(rows.length)}</caption>
<thead><tr>${[...headings, matrix.guards].map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${rows.map((row) => tableRow(row, locale, epoch))}</tbody>
</table></div>`
  return {
    title: matrix.title,
    page: 'matrix',
    main: html`<h1>${matrix.title}</h1>
<p class="intro">${matrix.intro}</p>
<p class="intro quiet">${matrix.legend}</p>
${rows.length === 0 ? html`<p>${matrix.missing}</p>` : table}
${rest.length > 0 && html`<pre tabindex="0" role="region" aria-label="${matrix.other}">${rest.join('\n')}</pre>`}`,
  }
}

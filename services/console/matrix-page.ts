import type { Epoch } from '#core/decision/epoch.ts'
import type { TypeName } from '#core/ids.ts'
import { breakable } from '#web/breakable.ts'
import { type Html, type HtmlValue, html } from '#web/html.ts'
import type { Content } from './layout.ts'
import type { Locale } from './locale.ts'
import { type MatrixRow, matrixTable } from './matrix-table.ts'
import { codeName, memberName, typeTitle } from './name-words.ts'

function roles(names: readonly string[], { lang }: Locale, epoch: Epoch): string {
  return names.map((name) => codeName('Role', name, lang, epoch)).join(' + ')
}

/** Fields in words; a request for approval shows what the hand-off it is about would show. */
function fields({ type, shows }: MatrixRow, { lang, texts }: Locale, epoch: Epoch): string {
  const known = epoch.types.get(type as TypeName)
  const names = shows.split(' ')
  const all = names.every((name) => known?.fields.some((field) => field.name === name))
  if (shows.startsWith('what ')) return texts.matrix.asHeld
  return all ? names.map((name) => memberName(name, known, lang)).join(', ') : shows
}

const TERMS = /^\((.*)\) for (\S+) on (\S+?)(?: with flag (.+))?$/
const KIND = /\((agreement|statute|internal)\)/g

/** Article, purpose, basis and flag in words; terms of another shape as they stand. */
function terms({ terms: text }: MatrixRow, { lang, texts }: Locale, epoch: Epoch): HtmlValue {
  const [, article = '', purpose = '', basis = '', flag] = TERMS.exec(text) ?? []
  if (basis === '') return text
  const parts = [
    `${texts.handoff.purpose}: ${codeName('Purpose', purpose, lang, epoch)}`,
    `${texts.handoff.claimedBasis}: ${codeName('Basis', basis, lang, epoch)}`,
    ...(flag === undefined ? [] : [`${texts.matrix.flag}: ${codeName('Flag', flag, lang, epoch)}`]),
  ]
  return html`<span class="article">${article}</span> ${parts.join('; ')}`
}

function instruments({ listed }: MatrixRow, { texts }: Locale): string {
  const { unlisted, kinds } = texts.matrix
  if (listed === '-') return unlisted
  return listed.replaceAll(KIND, (whole, kind: string) =>
    Object.hasOwn(kinds, kind) ? `(${kinds[kind]})` : whole,
  )
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
<td>${terms(row, locale, epoch)} <code class="name">${breakable(row.permit)}</code></td>
<td>${fields(row, locale, epoch)} <span class="quiet">(${texts.matrix.classes} ${row.classes})</span></td>
<td>${instruments(row, locale)}</td>
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

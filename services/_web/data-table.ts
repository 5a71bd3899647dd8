import { type Html, type HtmlValue, html } from './html.ts'

export interface DataTable {
  readonly caption: string
  readonly headings: readonly string[]
  /** The first cell of each row is its heading. */
  readonly rows: readonly (readonly HtmlValue[])[]
}

/** A table that scrolls within itself on a narrow screen, reachable by keyboard. */
export function dataTable({ caption, headings, rows }: DataTable): Html {
  const body = rows.map(
    ([first, ...rest]) =>
      html`<tr><th scope="row">${first}</th>${rest.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
  )
  return html`<div class="wide" role="region" aria-label="${caption}" tabindex="0"><table>
<caption>${caption}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${body}</tbody>
</table></div>`
}

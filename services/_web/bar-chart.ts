import { type Html, html } from './html.ts'

export interface Bars {
  /** What the chart says, in a sentence: read instead of it. */
  readonly caption: string
  /** Heading of the first column of the table beneath. */
  readonly axis: string
  /** One column a series: its name, and the class that colours it (`permit`, `hold` …). */
  readonly series: readonly { readonly name: string; readonly kind: string }[]
  readonly rows: readonly { readonly label: string; readonly values: readonly number[] }[]
  /** Word on the summary that opens the table. */
  readonly tableLabel: string
}

const WIDTH = 640
const HEIGHT = 180
const FOOT = 24
const GAP = 0.25
/** Few bars stay narrow. */
const WIDEST = 90

/** Stacked bars, one a row, as SVG without styles or scripts; the same numbers stand in a table beneath. */
export function barChart(bars: Bars): Html {
  const most = Math.max(1, ...bars.rows.map(({ values }) => values.reduce((a, b) => a + b, 0)))
  const step = Math.min(WIDEST, WIDTH / Math.max(1, bars.rows.length))
  const every = Math.ceil(bars.rows.length / 12)
  const columns = bars.rows.map(({ label, values }, index) => {
    let base = HEIGHT - FOOT
    const parts = values.map((value, at) => {
      const high = (value / most) * (HEIGHT - FOOT - 4)
      base -= high
      const kind = bars.series[at]?.kind ?? ''
      return value > 0
        ? html`<rect class="bar-${kind}" x="${round(index * step + (step * GAP) / 2)}" y="${round(base)}" width="${round(step * (1 - GAP))}" height="${round(high)}"/>`
        : html``
    })
    const text =
      index % every === 0 &&
      html`<text x="${round(index * step + step / 2)}" y="${HEIGHT - 6}" text-anchor="middle">${label}</text>`
    return html`${parts}${text}`
  })
  const legend = bars.series.map(
    ({ name, kind }) => html`<li><span class="key bar-${kind}" aria-hidden="true"></span>${name}</li>`,
  )
  const heads = bars.series.map(({ name }) => html`<th scope="col">${name}</th>`)
  const body = bars.rows.map(
    ({ label, values }) =>
      html`<tr><th scope="row">${label}</th>${values.map((value) => html`<td class="number">${value}</td>`)}</tr>`,
  )
  return html`<figure class="chart"><figcaption>${bars.caption}</figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${bars.caption}"><line x1="0" x2="${WIDTH}" y1="${HEIGHT - FOOT}" y2="${HEIGHT - FOOT}"/>${columns}</svg>
<ul class="chart-legend">${legend}</ul>
<details><summary>${bars.tableLabel}</summary><div class="wide" role="region" aria-label="${bars.caption}" tabindex="0"><table><thead><tr><th scope="col">${bars.axis}</th>${heads}</tr></thead><tbody>${body}</tbody></table></div></details></figure>`
}

const round = (value: number): number => Math.round(value * 10) / 10

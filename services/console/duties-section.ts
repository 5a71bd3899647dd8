import { dutyOwner, dutyStateWord, dutyWords } from '#core/duty/duty-words.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import { dataTable } from '#web/data-table.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { HandoffView } from './handoff-view.ts'
import { linkTo } from './locale.ts'
import { partyName } from './name-words.ts'

function owner(row: DutyRow, { epoch, locale }: HandoffView): Html {
  const urn = dutyOwner(row)
  if (urn === null) return html`${locale.texts.handoff.dutyOfExchange}`
  const { partner, endpoint } = partyName(urn, epoch)
  return html`<bdi>${partner}</bdi>${endpoint !== null && html`, <bdi>${endpoint}</bdi>`}`
}

function ownTable(view: HandoffView): Html {
  const { duties, epoch, locale } = view
  const { lang, texts } = locale
  const { handoff } = texts
  const rows = duties.map((row) => {
    const { text, article } = dutyWords(row, epoch, lang)
    return [
      html`${text} <code class="name">${row.duty}</code>`,
      owner(row, view),
      row.state === 'awaiting' ? '–' : time(row.dueAt, lang),
      dutyStateWord(row, lang),
      article ?? '–',
    ]
  })
  const headings = [handoff.duty, handoff.dutyOwner, handoff.dutyDue, handoff.state, handoff.article]
  return dataTable({ caption: handoff.dutiesCaption, headings, rows })
}

function metList({ met, locale }: HandoffView): Html {
  const items = met.map((row) => {
    const href = linkTo(`/handoff/${row.handoff}`, locale)
    return html`<li><code class="name">${row.duty}</code>, <a href="${href}"><code>${row.handoff}</code></a>: ${dutyStateWord(row, locale.lang)}</li>`
  })
  return html`<p>${locale.texts.handoff.dutiesMet}</p><ul>${items}</ul>`
}

/** What the hand-off obliges to and by when, and the deadlines of others that it met; nothing where there are none. */
export function dutiesSection(view: HandoffView): Html | false {
  const { duties, met, locale } = view
  if (duties.length === 0 && met.length === 0) return false
  return html`<section aria-labelledby="duties"><h2 id="duties">${locale.texts.handoff.duties}</h2>
${duties.length > 0 && ownTable(view)}
${met.length > 0 && metList(view)}</section>`
}

import { stateBadge, verdictBadge } from '#web/badges.ts'
import { type Definition, definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import { dutiesSection } from './duties-section.ts'
import type { HandoffView } from './handoff-view.ts'
import { historySection } from './history-section.ts'
import type { Content } from './layout.ts'
import { linkTo } from './locale.ts'
import { membersSection } from './members-section.ts'
import { partyName, typeTitle } from './name-words.ts'
import { proofSection } from './proof-section.ts'
import { questionSection } from './question-section.ts'
import { whySection } from './why-section.ts'

function party(urn: HandoffView['row']['from'], { epoch }: HandoffView): Html {
  const { partner, endpoint } = partyName(urn, epoch)
  return html`<bdi>${partner}</bdi>${endpoint !== null && html`, <bdi>${endpoint}</bdi>`} <code class="name">${urn}</code>`
}

function asksLink({ row, locale }: HandoffView): Html | null {
  if (!row.asks) return null
  const href = linkTo(`/handoff/${row.asks.handoff}`, locale)
  return html`<a href="${href}"><code>${row.asks.handoff}</code></a>, ${locale.texts.handoff.asksGuard(row.asks.guard)}`
}

function summary(view: HandoffView, title: string): Html {
  const { row, decided, locale } = view
  const { texts, lang } = locale
  const { handoff } = texts
  const items: readonly Definition[] = [
    [handoff.verdict, verdictBadge(decided?.verdict?.kind ?? null, texts)],
    [
      handoff.state,
      html`${stateBadge(row.state, texts)} <span class="quiet">${texts.stateMeanings[row.state]}</span>`,
    ],
    [handoff.from, party(row.from, view)],
    [handoff.to, party(row.to, view)],
    [handoff.type, html`${title} <code class="name">${row.type}</code>`],
    [handoff.made, time(row.at, lang)],
    [handoff.deadline, row.deadline === null ? null : time(row.deadline, lang)],
    [handoff.content, row.content === 'erased' ? handoff.erased : handoff.present],
    [handoff.released, row.released ? handoff.yes : handoff.no],
    [handoff.asks, asksLink(view)],
    [handoff.message, html`<code>${row.message}</code>`],
  ]
  return html`<section aria-labelledby="summary"><h2 id="summary" class="visually-hidden">${handoff.summary}</h2>
${definitionList(items, 'facts summary')}</section>`
}

function notes({ row, decided, epoch, current, locale }: HandoffView): Html {
  const { handoff } = locale.texts
  const then = decided?.epoch ?? current.number
  const gone = epoch.number !== then
  const sentence = gone ? handoff.epochGone : handoff.epochNote
  return html`${row.content === 'erased' && html`<p class="callout">${handoff.erasedNote}</p>`}${
    then !== current.number && html`<p class="callout">${sentence(then, current.number)}</p>`
  }`
}

/** One hand-off: the whole why, its history and its proof. */
export function handoffPage(view: HandoffView): Content {
  const { row, locale, epoch } = view
  const title = typeTitle(row.type, locale.lang, epoch)
  return {
    title: `${title}, ${row.handoff}`,
    page: 'handoffs',
    main: html`<p class="back"><a href="${linkTo('/', locale)}">${locale.texts.handoff.back}</a></p>
<h1>${title} <code class="id">${row.handoff}</code></h1>
${notes(view)}
${summary(view, title)}
${whySection(view)}
${questionSection(view)}
${membersSection(view)}
${dutiesSection(view)}
${historySection(view)}
${proofSection(view)}`,
  }
}

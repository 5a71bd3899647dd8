import type { Epoch } from '#core/decision/epoch.ts'
import { type Html, html } from '#web/html.ts'
import type { Content } from './layout.ts'
import { listFragment, type Overview } from './list-fragment.ts'
import { EVERYTHING, type ListQuery, listParameters, STATES, VERDICTS } from './list-query.ts'
import { type Locale, linkTo } from './locale.ts'

interface Choice {
  readonly value: string
  readonly text: string
}

function select(
  name: string,
  label: string,
  any: string,
  choices: readonly Choice[],
  chosen: string | null,
): Html {
  const options = choices.map(
    ({ value, text }) =>
      html`<option value="${value}"${value === chosen && html` selected`}>${text}</option>`,
  )
  return html`<div class="field"><label for="${name}">${label}</label><select id="${name}" name="${name}"><option value="">${any}</option>${options}</select></div>`
}

function filterForm(query: ListQuery, locale: Locale, epoch: Epoch): Html {
  const { texts } = locale
  const { list } = texts
  const states = STATES.map((value) => ({ value, text: texts.states[value] }))
  const verdicts = VERDICTS.map((value) => ({ value, text: texts.verdicts[value] }))
  const partners = [...epoch.partners.values()]
    .map(({ oin, name }) => ({ value: oin as string, text: name }))
    .toSorted((a, b) => a.text.localeCompare(b.text, locale.lang))
  const filtered = query.state !== null || query.verdict !== null || query.partner !== null
  return html`<form class="filter" method="get" action="/" role="search" aria-label="${list.filter}">
${select('state', list.state, list.any, states, query.state)}
${select('verdict', list.verdict, list.any, verdicts, query.verdict)}
${select('partner', list.partner, list.any, partners, query.partner)}
${locale.explicit && html`<input type="hidden" name="lang" value="${locale.lang}">`}
<button type="submit">${list.apply}</button>
${filtered && html`<a href="${linkTo('/', locale)}">${list.clear}</a>`}
</form>`
}

/** Shown by the script alone: without it there is nothing to pause. Only the newest page is live. */
function liveBar({ texts }: Locale): Html {
  const { live } = texts
  return html`<div class="live" data-live-bar hidden role="group" aria-label="${live.label}"><span class="dot" aria-hidden="true"></span> <span data-live-state data-on="${live.on}" data-paused="${live.paused}" data-lost="${live.lost}">${live.on}</span> <button type="button" data-live-toggle data-pause="${live.pause}" data-resume="${live.resume}">${live.pause}</button></div>
<p class="visually-hidden" role="status" aria-live="polite" data-live-news data-one="${live.fresh.one}" data-other="${live.fresh.other}" data-changed="${live.changed}"></p>`
}

/** Address of the part that the script fetches again; always with its language, since a script's fetch is not the reader's. */
function fragmentLink(query: ListQuery, locale: Locale): string {
  return linkTo('/fragment/handoffs', { ...locale, explicit: true }, listParameters(query))
}

/** The overview: hand-offs as they happen. */
export function listPage(overview: Overview, locale: Locale, epoch: Epoch): Content {
  const { texts } = locale
  const { query } = overview
  const live = query.before === null
  const source = live && html` data-live="${fragmentLink(query, locale)}"`
  return {
    title: texts.list.title,
    page: 'handoffs',
    live,
    main: html`<div class="title"><h1>${texts.list.title}</h1>${live && liveBar(locale)}</div>
<p class="intro">${texts.list.intro}</p>
${filterForm({ ...EVERYTHING, ...query }, locale, epoch)}
<div id="overview"${source}>${listFragment(overview, locale, epoch)}</div>`,
  }
}

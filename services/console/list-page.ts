import type { Epoch } from '#core/decision/epoch.ts'
import { type Choice, formField } from '#web/form-field.ts'
import { type Html, html } from '#web/html.ts'
import type { Content } from './layout.ts'
import { listFragment, type Overview } from './list-fragment.ts'
import { EVERYTHING, isFiltered, type ListQuery, listParameters, STATES, VERDICTS } from './list-query.ts'
import { type Locale, linkTo } from './locale.ts'
import { typeTitle } from './name-words.ts'

/** A choice of one, or of any. */
function choose(
  name: string,
  label: string,
  any: string,
  choices: readonly Choice[],
  chosen: string | null,
): Html {
  const all = [{ value: '', label: any }, ...choices]
  return formField({ name, label, kind: 'choice', choices: all, value: chosen ?? '' })
}

function filterForm(query: ListQuery, locale: Locale, epoch: Epoch): Html {
  const { texts, lang } = locale
  const { list } = texts
  const { search } = texts.desks
  const states = STATES.map((value) => ({ value, label: texts.states[value] }))
  const verdicts = VERDICTS.map((value) => ({ value, label: texts.verdicts[value] }))
  const byText = (a: Choice, b: Choice) => a.label.localeCompare(b.label, lang)
  const partners = [...epoch.partners.values()]
    .map(({ oin, name }) => ({ value: oin as string, label: name }))
    .toSorted(byText)
  const types = [...epoch.types.keys()]
    .map((name) => ({ value: name as string, label: typeTitle(name, lang, epoch) }))
    .toSorted(byText)
  const reasons = [...new Set([...epoch.policies.values()].flatMap(({ reason }) => reason ?? []))].sort()
  const further = query.type ?? query.reason ?? query.from ?? query.until
  return html`<form class="filter" method="get" action="/" role="search" aria-label="${list.filter}">
${choose('state', list.state, list.any, states, query.state)}
${choose('verdict', list.verdict, list.any, verdicts, query.verdict)}
${choose('partner', list.partner, list.any, partners, query.partner)}
<details class="further"${further !== null && html` open`}><summary>${search.more}</summary><div class="filter">
${choose('type', search.type, list.any, types, query.type)}
${choose(
  'reason',
  search.reason,
  list.any,
  reasons.map((value) => ({ value, label: value })),
  query.reason,
)}
${formField({ name: 'from', label: search.from, kind: 'date', value: query.from ?? '' })}
${formField({ name: 'until', label: search.until, kind: 'date', value: query.until ?? '' })}
${formField({ name: 'id', label: search.id, kind: 'line', hint: search.idHint, maxLength: 64 })}
</div></details>
${locale.explicit && html`<input type="hidden" name="lang" value="${lang}">`}
<button type="submit">${list.apply}</button>
${isFiltered(query) && html`<a href="${linkTo('/', locale)}">${list.clear}</a>`}
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
    scripts: live ? ['live.js'] : [],
    main: html`<div class="title"><h1>${texts.list.title}</h1>${live && liveBar(locale)}</div>
<p class="intro">${texts.list.intro}</p>
${filterForm({ ...EVERYTHING, ...query }, locale, epoch)}
<div id="overview"${source}>${listFragment(overview, locale, epoch)}</div>`,
  }
}

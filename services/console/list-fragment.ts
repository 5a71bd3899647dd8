import type { Epoch } from '#core/decision/epoch.ts'
import { explainReason } from '#core/decision/explain-reason.ts'
import type { Basis, Verdict } from '#core/decision/verdict.ts'
import type { EndpointUrn, TypeName } from '#core/ids.ts'
import { stateBadge, verdictBadge } from '#web/badges.ts'
import { breakable } from '#web/breakable.ts'
import { countText, shortTime } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import { EVERYTHING, isFiltered, type ListQuery, listParameters, STATES } from './list-query.ts'
import { type Locale, linkTo } from './locale.ts'
import { memberName, partyName, typeTitle } from './name-words.ts'
import type { LedgerHead } from './ports.ts'
import type { ListedHandoff, RecentPage } from './recent-page.ts'

const WITHHELD_NAMED = 3

export interface Overview {
  readonly query: ListQuery
  readonly page: RecentPage
  readonly counts: Readonly<Record<string, number>>
  readonly head: LedgerHead | undefined
}

const basisText = (basis: Basis): string => (basis.verified ? basis.article : `${basis.article} †`)

/** Article first, since it carried the verdict; an unverified rule without one is marked all the same. */
function ruleItem(rule: string, article: string | null, verified: boolean, text: string | null): Html {
  const mark = article === null && !verified ? ' †' : ''
  return html`<li>${article !== null && html`<span class="article">${article}</span> `}${text}${mark} ${
    rule !== 'engine' && html`<code class="name">${rule}</code>`
  }</li>`
}

/** Permits name the basis that allowed; all else every reason. */
function ruleCell(verdict: Verdict | null, locale: Locale, epoch: Epoch): Html {
  if (!verdict) return html`–`
  const permitted = verdict.kind === 'permit' || verdict.kind === 'permit-redacted'
  const items = permitted
    ? verdict.basis.map((basis) => ruleItem(basis.rule, basisText(basis), basis.verified, null))
    : verdict.reasons.map((reason) => {
        const { text, article } = explainReason(reason, locale.lang, epoch)
        return ruleItem(reason.rule, article, reason.verified, text)
      })
  return html`<ul class="plain">${items}</ul>`
}

function withheldCell({ row, verdict }: ListedHandoff, { lang, texts }: Locale, epoch: Epoch): Html {
  if (!verdict || verdict.withheld.length === 0) return html`<span class="quiet">${texts.list.nothing}</span>`
  const type = epoch.types.get(row.type as TypeName)
  const names = verdict.withheld.map(({ member }) => memberName(member, type, lang))
  const rest = names.length - WITHHELD_NAMED
  const named = names.slice(0, WITHHELD_NAMED).join(', ')
  return html`${named}${rest > 0 && html` <span class="quiet">${texts.list.more(rest)}</span>`}`
}

function party(urn: EndpointUrn, epoch: Epoch): Html {
  const { partner, endpoint } = partyName(urn, epoch)
  return html`<bdi class="partner">${partner}</bdi>${endpoint !== null && html` <bdi class="quiet">${endpoint}</bdi>`}`
}

function rowOf(item: ListedHandoff, locale: Locale, epoch: Epoch): Html {
  const { row, verdict, readable } = item
  const { list } = locale.texts
  const title = typeTitle(row.type, locale.lang, epoch)
  const href = linkTo(`/handoff/${row.handoff}`, locale)
  const notes = [row.content === 'erased' && list.erased, !readable && list.unread].filter(
    (note) => note !== false,
  )
  return html`<tr data-handoff="${row.handoff}">
<td class="time">${shortTime(row.at, locale.lang)}</td>
<td class="route"><span class="visually-hidden">${list.from} </span>${party(row.from, epoch)} <span class="to"><span class="arrow" aria-hidden="true">→</span><span class="visually-hidden">${list.to}</span> ${party(row.to, epoch)}</span></td>
<th scope="row"><a href="${href}" aria-label="${list.details(title, row.handoff)}">${title}</a> <code class="name">${breakable(row.type)}</code> <code class="id">${breakable(row.handoff)}</code></th>
<td>${verdictBadge(verdict?.kind ?? null, locale.texts)}</td>
<td>${ruleCell(verdict, locale, epoch)}</td>
<td>${withheldCell(item, locale, epoch)}</td>
<td>${stateBadge(row.state, locale.texts)}${notes.map((note) => html` <span class="note">${note}</span>`)}</td>
</tr>
`
}

function tableOf({ page, query }: Overview, locale: Locale, epoch: Epoch): Html {
  const { list } = locale.texts
  if (page.items.length === 0)
    return html`<p class="empty">${isFiltered(query) || query.before ? list.emptyFiltered : list.empty}</p>`
  const headings = [list.time, list.route, list.type, list.verdict, list.rule, list.withheld, list.state]
  return html`<div class="wide" role="region" aria-label="${list.region}" tabindex="0"><table class="handoffs">
<caption>${list.caption(page.items.length)}</caption>
<thead><tr>${headings.map((heading) => html`<th scope="col">${heading}</th>`)}</tr></thead>
<tbody>
${page.items.map((item) => rowOf(item, locale, epoch))}</tbody>
</table></div>`
}

function countsOf({ counts, head }: Overview, locale: Locale): Html {
  const { texts, lang } = locale
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0)
  const items = STATES.map((state) => {
    const href = linkTo('/', locale, listParameters({ ...EVERYTHING, state }))
    return html`<li><a href="${href}"><span class="count">${countText(counts[state] ?? 0, lang)}</span> ${stateBadge(state, texts)}</a></li>`
  })
  const ledger = head
    ? html`<p class="head"><a href="${linkTo('/ledger', locale)}">${texts.ledger.title}</a>: ${countText(head.size, lang)} ${texts.list.leaves}, ${texts.ledger.root.toLowerCase()} <code>${head.root.slice(0, 12)}…</code></p>`
    : html`<p class="head">${texts.ledger.none}</p>`
  return html`<section aria-labelledby="counts"><h2 id="counts" class="visually-hidden">${texts.list.counts}</h2>
<ul class="counts">${items}<li class="total"><span class="count">${countText(total, lang)}</span> ${texts.list.total}</li></ul>
${ledger}</section>`
}

function pagerOf({ page, query }: Overview, locale: Locale): Html | false {
  const { list } = locale.texts
  if (!page.next && !query.before) return false
  const older = page.next && linkTo('/', locale, listParameters({ ...query, before: page.next }))
  const newest = query.before && linkTo('/', locale, listParameters({ ...query, before: null }))
  return html`<nav class="pager" aria-label="${list.pager}">${newest !== null && html`<a href="${newest}" rel="first">${list.newest}</a>`} ${
    older !== null && html`<a href="${older}" rel="next">${list.older}</a>`
  }</nav>`
}

/** What changes as hand-offs happen: counts, the ledger's head and the table; the live script swaps it whole. */
export function listFragment(overview: Overview, locale: Locale, epoch: Epoch): Html {
  const { list } = locale.texts
  const partial = overview.page.next !== null && overview.page.items.length < overview.page.scanned
  return html`${countsOf(overview, locale)}
<section aria-labelledby="recent"><h2 id="recent" class="visually-hidden">${list.title}</h2>
${tableOf(overview, locale, epoch)}
${partial && html`<p class="quiet">${list.scanned(overview.page.scanned)}</p>`}
${pagerOf(overview, locale)}</section>`
}

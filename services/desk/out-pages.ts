import { failureWords } from '#sdk/failure-words.ts'
import type { HandoffForSender, ReasonForSender } from '#sdk/gateway-answers.ts'
import { stateBadge, verdictBadge } from '#web/badges.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { SitePage } from '#web/site.ts'
import { type PageView, troubleNote } from './page-view.ts'
import type { SentRow } from './store.ts'
import { sentChart } from './traffic-chart.ts'

const perRecipient = (
  handoffs: readonly HandoffForSender[],
  line: (handoff: HandoffForSender) => Html,
): Html => html`<ul class="plain">${handoffs.map((handoff) => html`<li>${line(handoff)}</li>`)}</ul>`

/** Messages of this endpoint, with verdict and state per recipient. */
export function outListPage(rows: readonly SentRow[], view: PageView): SitePage {
  const { texts, words, lang } = view
  const table = dataTable({
    caption: texts.out.caption,
    headings: [texts.out.type, texts.out.to, texts.out.verdict, texts.out.state, texts.out.at, texts.out.by],
    rows: rows.map(({ message, type, at, actor, status }) => {
      const { handoffs, state } = status
      const pending = handoffs.length === 0
      return [
        html`<a href="${view.link(`/out/${message}`)}">${words.type(type)}</a>`,
        pending ? '–' : perRecipient(handoffs, ({ to }) => html`${words.party(to)}`),
        pending ? '–' : perRecipient(handoffs, ({ verdict }) => verdictBadge(verdict?.kind, texts)),
        pending ? texts.messageStates[state] : perRecipient(handoffs, (one) => stateBadge(one.state, texts)),
        time(at, lang),
        actor,
      ]
    }),
  })
  return {
    title: texts.out.title,
    below: '/out',
    main: html`<h1>${texts.out.title}</h1>
${troubleNote(view)}
<p class="intro">${texts.out.intro}</p>
${rows.length === 0 ? html`<p class="empty">${texts.out.empty}</p>` : html`${sentChart(rows, view)}${table}`}`,
  }
}

/** `approval:wpg19-ovj` in words: what is needed, and which. */
export function needsText(needs: string, { texts, words }: PageView): string {
  const [kind = '', ...rest] = needs.split(':')
  const what = rest.join(':')
  const word = texts.out.needKinds[kind] ?? kind
  if (what === '') return word
  return `${word} – ${kind === 'approval' ? words.code('Approval', what) : words.type(what)}`
}

function reasonItem(reason: ReasonForSender, view: PageView): Html {
  const article = reason.article !== null && ` (${reason.article}${reason.verified ? '' : ' †'})`
  const needs =
    reason.needs !== null &&
    html`<br><span class="quiet">${view.texts.out.needs}: ${needsText(reason.needs, view)}</span>`
  return html`<li>${reason[view.lang]}${article} <code class="name">${reason.code}</code>${needs}</li>`
}

/** Without the elements of an array that is there as a whole: each is a member of its own. */
function collapsed(members: readonly string[]): readonly string[] {
  const all = new Set(members)
  return members.filter((member) => !member.includes('/') || !all.has(member.slice(0, member.indexOf('/'))))
}

const stateWord = (state: string, { texts }: PageView): string =>
  Object.entries(texts.states).find(([name]) => name === state)?.[1] ?? state

function membersOf({ type, verdict }: HandoffForSender, view: PageView) {
  const { texts, words, lang } = view
  if (!verdict) return []
  const shown = collapsed(verdict.shown)
    .map((member) => words.member(type, member))
    .join(', ')
  const withheld = verdict.withheld.map((one) => html`<li>${one[lang]}</li>`)
  const label = verdict.kind === 'hold' ? texts.out.wouldShow : texts.out.shown
  return [
    verdict.kind === 'deny' ? ([label, null] as const) : ([label, shown || texts.none] as const),
    [texts.out.withheld, withheld.length === 0 ? null : html`<ul class="plain">${withheld}</ul>`] as const,
  ]
}

function recipientSection(handoff: HandoffForSender, index: number, view: PageView): Html {
  const { texts, words, lang } = view
  const { verdict, state } = handoff
  const reasons = (verdict?.reasons ?? []).map((reason) => reasonItem(reason, view))
  const basis = (verdict?.basis ?? []).map(
    ({ article, rule, verified }) => `${article}${verified ? '' : ' †'} (${rule})`,
  )
  const history = handoff.history.map(
    (one) => html`<li>${time(Date.parse(one.at), lang)} – ${stateWord(one.state, view)}</li>`,
  )
  const due =
    handoff.deadline !== null && (state === 'held' || state === 'sealed')
      ? time(Date.parse(handoff.deadline), lang)
      : null
  return html`<section aria-labelledby="to-${index}"><h2 id="to-${index}">${words.party(handoff.to)}</h2>
<p class="verdict">${verdictBadge(verdict?.kind, texts)} ${verdict && texts.verdictMeanings[verdict.kind]}</p>
${definitionList([
  [texts.out.state, stateBadge(state, texts)],
  [texts.out.next, texts.out.nextFor[state]],
  [texts.out.deadline, due],
  [texts.out.basis, basis.length === 0 ? null : basis.join(', ')],
  [
    texts.out.reasons,
    reasons.length === 0 ? (verdict ? texts.out.noReasons : null) : html`<ul class="plain">${reasons}</ul>`,
  ],
  ...membersOf(handoff, view),
  [texts.out.history, html`<ul class="plain">${history}</ul>`],
  [texts.in.id, html`<code class="id">${handoff.handoff}</code>`],
])}
${(state === 'held' || state === 'sealed') && html`<div class="actions"><a class="button" href="${view.link(`/compose/${handoff.type}`, { supersedes: handoff.handoff })}">${texts.out.supersede}</a></div>`}
</section>`
}

function refusal({ error }: SentRow['status'], view: PageView): Html | false {
  if (error === null) return false
  const { texts, lang } = view
  const words = failureWords(error.code)
  return html`<div class="callout"><p><strong>${texts.out.refused}</strong>: ${words[lang]} <code>${error.code}</code></p>${definitionList(
    [
      [texts.out.where, error.pointer === null ? null : html`<code>${error.pointer}</code>`],
      [texts.out.next, html`<span lang="en">${error.next}</span>`],
    ],
  )}</div>`
}

/** One message: per recipient its verdict, the reasons in words, and what to do next. */
export function outPage(row: SentRow, view: PageView): SitePage {
  const { texts, words, lang } = view
  const { status } = row
  const title = words.type(row.type)
  return {
    title,
    below: '/out',
    main: html`<p class="back"><a href="${view.link('/out')}">← ${texts.out.back}</a></p>
<h1>${title}</h1>
${troubleNote(view)}
${definitionList([
  [texts.out.at, time(row.at, lang)],
  [texts.out.by, row.actor],
  [texts.out.state, texts.messageStates[status.state]],
  [texts.out.message, html`<code class="id">${row.message}</code>`],
])}
${status.state === 'accepted' && html`<p role="status">${texts.out.waits}</p>`}
${refusal(status, view)}
${status.handoffs.map((handoff, index) => recipientSection(handoff, index, view))}`,
  }
}

import type { Duty } from '#sdk/gateway-answers.ts'
import { dataTable } from '#web/data-table.ts'
import type { FormBody } from '#web/form-body.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import { notFound } from '#web/page-refusal.ts'
import type { Carried, SentOn } from '../authority-kinds.ts'
import { wentOut } from '../link.ts'
import type { Faults } from '../read-fields.ts'
import { REPLY_OUTCOMES, readReply } from '../read-reply.ts'
import {
  asked,
  button,
  fieldsOf,
  type Get,
  hidden,
  type Locale,
  orConflict,
  type PageParts,
  type Post,
  personOf,
  summary,
} from './page.ts'
import { dutyState, identityList, notOutPage, recordTable, sentNote } from './parts.ts'

const BELOW = '/justid'
const COUNTRIES: Readonly<Record<string, string>> = { 'uk-ca': 'GB', 'ecris-tcn': 'EU' }

/** `ms-de/register` is Germany. */
export function countryOf(ref: string): string {
  const partner = ref.split('/')[0] ?? ''
  return COUNTRIES[partner] ?? partner.replace(/^ms-/, '').toUpperCase()
}

async function abroad({ records }: PageParts, locale: Locale): Promise<Html> {
  const { justid, actor, vog } = locale.texts
  const { drawer, link } = records.authority.ports
  const rows = []
  for (const { value } of drawer.all('sentOn')) {
    const duties = value.sent.handoff === null ? [] : await link.duties(value.sent.handoff)
    rows.push([
      html`<code>${value.requestRef}</code>`,
      countryOf(value.body),
      outcomeOf(value, locale),
      html`<ul class="plain">${duties.map((duty: Duty) => html`<li>${duty[locale.lang]} ${dutyState(duty, locale)}</li>`)}</ul>`,
    ])
  }
  if (rows.length === 0) return html`<p class="empty">${justid.noneAbroad}</p>`
  const headings = [actor.number, justid.body, actor.state, vog.terms]
  return dataTable({ caption: justid.abroadCaption, headings, rows })
}

function outcomeOf({ sent, outcome, identityWanted }: SentOn, locale: Locale): Html {
  const { outcomes } = locale.texts.justid
  const word = outcomes[(outcome ?? '') as keyof typeof outcomes]
  if (word === undefined) return sentNote(sent, locale)
  return html`${word}${identityWanted !== null && html`<br><span class="quiet">${identityWanted}</span>`}`
}

async function queries({ records }: PageParts, locale: Locale, action: string): Promise<Html> {
  const { justid, records: words } = locale.texts
  const items = []
  for (const { id, value } of records.register.queries()) {
    const found = await records.register.found(value.identity)
    const ticks = found.map(
      ({ ref }, index) =>
        html`<label class="check"><input type="checkbox" name="record-${index}" value="${ref}"> <code>${ref}</code></label>`,
    )
    items.push(html`<article><h3><code>${value.queryRef}</code></h3>${identityList(value.identity, locale)}
<h4>${justid.found}</h4>
${found.length === 0 ? html`<p>${justid.foundNone}</p>` : recordTable(found, value.queryRef, locale)}
<form method="post" action="${action}">${hidden('query', id)}
<fieldset class="field"><legend>${words.caption}</legend><p class="hint">${justid.giveHint}</p>${ticks}</fieldset>
${button(justid.give)}</form></article>`)
  }
  return items.length === 0 ? html`<p class="quiet">${justid.registerNone}</p>` : html`${items}`
}

function replyForm(
  { value, id }: { readonly value: Carried; readonly id: string },
  locale: Locale,
  action: string,
  body: FormBody,
  faults: Faults,
): Html {
  const { texts } = locale
  const { justid } = texts
  const field = fieldsOf(locale, body, faults)
  const { outcome, ref, court, convictedOn, finalOn, offences, sanctions, identityWanted, memberStates } =
    justid
  const given = {
    outcome,
    ref,
    court,
    convictedOn,
    finalOn,
    offences,
    sanctions,
    identityWanted,
    memberStates,
  }
  const labels = { ...given, useLimits: justid.limits }
  const outcomes = REPLY_OUTCOMES.map((one) => ({ value: one, label: justid.outcomes[one] }))
  const hit = field({
    name: 'memberStates',
    label: justid.memberStates,
    kind: 'line',
    maxLength: 90,
    hint: justid.memberStatesHint,
  })
  const reply = html`${field({ name: 'outcome', label: justid.outcome, kind: 'radio', choices: outcomes })}
<h2>${justid.conviction}</h2><p class="hint">${justid.convictionHint}</p>
${field({ name: 'ref', label: justid.ref, kind: 'line', maxLength: 64 })}
${field({ name: 'court', label: justid.court, kind: 'line', maxLength: 200 })}
${field({ name: 'convictedOn', label: justid.convictedOn, kind: 'date' })}
${field({ name: 'finalOn', label: justid.finalOn, kind: 'date' })}
${field({ name: 'offences', label: justid.offences, kind: 'text', maxLength: 4_000, hint: justid.offencesHint })}
${field({ name: 'sanctions', label: justid.sanctions, kind: 'text', maxLength: 4_000 })}
${field({ name: 'useLimits', label: justid.limits, kind: 'text', maxLength: 2_000 })}
${value.type === 'ecris.request' && field({ name: 'identityWanted', label: justid.identityWanted, kind: 'line', maxLength: 300, hint: justid.identityHint })}`
  return html`<h1>${justid.answerTitle(value.requestRef)}</h1>
<p class="intro">${justid.answerIntro}</p>
${summary(locale, faults, labels)}
${identityList(value.identity, locale, [[texts.person.nationalities, value.nationalities.join(' ')]])}
<form method="post" action="${action}">${hidden('of', id)}
${value.type === 'ecristcn.query' ? hit : reply}
${button(justid.send)}</form>`
}

function waiting({ records, refOf }: PageParts, locale: Locale, link: (of: string) => string): Html {
  const { justid } = locale.texts
  const items = records.authority.ports.drawer
    .all('carried')
    .map(
      ({ id, value }) =>
        html`<li><a href="${link(id)}">${justid.answerLink(value.requestRef)}</a> (${countryOf(refOf(value.to))})</li>`,
    )
  return items.length === 0 ? html`<p class="quiet">${justid.waitingNone}</p>` : html`<ul>${items}</ul>`
}

/** What this desk has no work for: that it came. */
function other({ records, refOf }: PageParts, { texts, lang }: Locale): Html | false {
  const { justid, vog } = texts
  const rows = records.authority.ports.drawer
    .all('other')
    .map(({ value }) => [value.what, refOf(value.from), time(value.at, lang)])
  if (rows.length === 0) return false
  const table = dataTable({
    caption: justid.other,
    headings: [vog.what, vog.offeredBy, vog.receivedHeading],
    rows,
  })
  return html`<section aria-labelledby="other"><h2 id="other">${justid.other}</h2>${table}</section>`
}

/** Justid: what is out and by when, what bodies abroad said, what the judicial documentation is asked. */
export function justidPages(parts: PageParts): void {
  const { site, records } = parts
  site.server.get('/justid', async (request, reply) => {
    const locale = site.locale(request)
    const { justid } = locale.texts
    const main = html`<h1>${justid.title}</h1><p class="intro">${justid.intro}</p>
<section aria-labelledby="abroad"><h2 id="abroad">${justid.abroad}</h2>${await abroad(parts, locale)}</section>
<section aria-labelledby="waiting"><h2 id="waiting">${justid.waiting}</h2>
${waiting(parts, locale, (of) => site.link(request, '/justid/reply', { of }))}</section>
<section aria-labelledby="register"><h2 id="register">${justid.register}</h2>
${await queries(parts, locale, site.link(request, '/justid/extract'))}</section>
${other(parts, locale)}`
    return site.page(request, reply, { title: justid.title, main, below: BELOW })
  })
  site.server.post<Post>('/justid/extract', async (request, reply) => {
    const body = request.body ?? {}
    const refs = new Set(
      Object.entries(body).flatMap(([name, ref]) => (name.startsWith('record-') ? [ref] : [])),
    )
    const sent = await orConflict(records.register.answer(body['query'] ?? '', refs, personOf(site, request)))
    const back = site.link(request, '/justid')
    if (wentOut(sent)) return reply.redirect(back, 303)
    return site.page(request, reply.code(409), notOutPage(sent, site.locale(request), back))
  })
  replyPages(parts)
}

function replyPages({ site, records, now, refOf }: PageParts): void {
  const { authority } = records
  const find = (id: string) => ({ id, value: authority.ports.drawer.get('carried', id) ?? notFound() })
  site.server.get<Get>('/justid/reply', async (request, reply) => {
    const locale = site.locale(request)
    const one = find(asked(request, 'of'))
    const main = replyForm(one, locale, site.link(request, '/justid/reply'), {}, {})
    const title = locale.texts.justid.answerTitle(one.value.requestRef)
    return site.page(request, reply, { title, main, below: BELOW })
  })
  site.server.post<Post>('/justid/reply', async (request, reply) => {
    const locale = site.locale(request)
    const body = request.body ?? {}
    const one = find(body['of'] ?? '')
    const reading = readReply(body, one.value, countryOf(refOf(one.value.to)), now())
    if (reading.kind === 'refused') {
      const main = replyForm(one, locale, site.link(request, '/justid/reply'), body, reading.faults)
      const title = locale.texts.justid.answerTitle(one.value.requestRef)
      return site.page(request, reply.code(400), { title, main, below: BELOW })
    }
    const sent = await orConflict(
      authority.answerFor(one.id, reading.type, reading.data, personOf(site, request)),
    )
    const back = site.link(request, '/justid')
    if (wentOut(sent)) return reply.redirect(back, 303)
    return site.page(request, reply.code(409), notOutPage(sent, locale, back))
  })
}

import { dataTable } from '#web/data-table.ts'
import { formField } from '#web/form-field.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import { notFound, PageRefusal } from '#web/page-refusal.ts'
import { type Sent, wentOut } from '../link.ts'
import { dutchDay } from '../person.ts'
import { readIdentity } from '../read-application.ts'
import { Fields } from '../read-fields.ts'
import { announceRefusal, askAll, decide, supplyIdentity } from '../vog-acts.ts'
import { alone, quarantine, viewFile } from '../vog-desk.ts'
import { OUTCOMES, type VogView } from '../vog-file.ts'
import {
  asked,
  button,
  type Get,
  type Locale,
  orConflict,
  type PageParts,
  type Post,
  personOf,
} from './page.ts'
import { dutyState, notOutPage } from './parts.ts'
import { filePage } from './vog-file-page.ts'

const BELOW = '/vog'

/** Deadlines of an application, and after it that of destroying. */
async function dutiesOf({ records }: PageParts, view: VogView) {
  const { link } = records.vog
  const decided = view.decision?.sent.handoff
  const own = await link.duties(view.handoff)
  return decided ? [...own, ...(await link.duties(decided))] : own
}

async function overview(parts: PageParts, locale: Locale, link: (ref: string) => string): Promise<Html> {
  const { vog } = parts.records
  const { texts } = locale
  const rows = []
  for (const { id } of vog.drawer.all('file')) {
    const view = viewFile(vog, id)
    if (!view) continue
    const running = (await dutiesOf(parts, view)).filter(({ state }) =>
      /^(?:open|awaiting|missed)$/.test(state),
    )
    rows.push([
      html`<a href="${link(id)}"><code>${id}</code></a>`,
      html`<bdi>${view.application.identity.surname}</bdi>`,
      view.decision ? texts.outcomes[view.decision.outcome] : texts.counter.pending,
      html`<ul class="plain">${running.map((duty) => html`<li>${duty[locale.lang]} ${dutyState(duty, locale)}</li>`)}</ul>`,
    ])
  }
  if (rows.length === 0) return html`<p class="empty">${texts.vog.none}</p>`
  const headings = [texts.actor.number, texts.person.surname, texts.actor.state, texts.vog.terms]
  return dataTable({ caption: texts.vog.caption, headings, rows })
}

function outside({ records, refOf }: PageParts, { texts, lang }: Locale, action: string): Html {
  const { vog } = texts
  const rows = records.vog.drawer
    .all('quarantine')
    .map(({ value }) => [
      value.what.replace('noneu.conviction.offered', vog.nonEu),
      value.from === '' ? vog.otherWay : refOf(value.from),
      time(value.at, lang),
    ])
  const headings = [vog.what, vog.offeredBy, vog.receivedHeading]
  return html`<section aria-labelledby="outside"><h2 id="outside">${vog.quarantine}</h2>
<p>${vog.quarantineIntro}</p>
${rows.length === 0 ? html`<p class="quiet">${vog.quarantineNone}</p>` : dataTable({ caption: vog.quarantineCaption, headings, rows })}
<details><summary>${vog.noteTitle}</summary><p>${vog.noteIntro}</p>
<form method="post" action="${action}">
${formField({ name: 'country', label: vog.country, kind: 'line', required: true, maxLength: 2, hint: texts.countryHint })}
${button(vog.note)}</form></details></section>`
}

/** The assessor: overview, files, and what stays out of them. */
export function vogPages(parts: PageParts): void {
  const { site, records, codes, now } = parts
  const { vog } = records
  site.server.get('/vog', async (request, reply) => {
    const locale = site.locale(request)
    const table = await overview(parts, locale, (ref) => site.link(request, '/vog/file', { ref }))
    const main = html`<h1>${locale.texts.vog.title}</h1><p class="intro">${locale.texts.vog.intro}</p>
${table}${outside(parts, locale, site.link(request, '/vog/offered'))}`
    return site.page(request, reply, { title: locale.texts.vog.title, main, below: BELOW })
  })
  site.server.get<Get>('/vog/file', async (request, reply) => {
    const view = viewFile(vog, asked(request, 'ref')) ?? notFound()
    const duties = await dutiesOf(parts, view)
    const link = (path: string) => site.link(request, path)
    const locale = site.locale(request)
    const main = filePage({ view, duties, codes, locale, link, today: dutchDay(now()) })
    return site.page(request, reply, { title: view.application.applicationRef, main, below: BELOW })
  })
  site.server.post<Post>('/vog/offered', async (request, reply) => {
    const fields = new Fields(request.body ?? {}, now())
    const country = fields.country('country')
    if (!fields.ok) throw new PageRefusal(400)
    quarantine(vog, `${country} ${now()}`, `noneu.conviction.offered ${country}`, '')
    return reply.redirect(site.link(request, '/vog'), 303)
  })
  vogActs(parts)
}

function vogActs({ site, records, now }: PageParts): void {
  const { vog } = records
  /** Does something with a file, and shows the file again, or what the exchange did not let go. */
  const act = (
    path: string,
    work: (fields: Fields, ref: string, person: { actor: string }) => Promise<Sent | null>,
  ) =>
    site.server.post<Post>(path, async (request, reply) => {
      const body = request.body ?? {}
      const ref = body['ref'] ?? ''
      if (!vog.drawer.get('file', ref)) notFound()
      const person = personOf(site, request)
      const sent = await orConflict(alone(vog, ref, async () => work(new Fields(body, now()), ref, person)))
      const back = site.link(request, '/vog/file', { ref })
      if (sent === null || wentOut(sent)) return reply.redirect(back, 303)
      return site.page(request, reply.code(409), notOutPage(sent, site.locale(request), back))
    })
  const sure = (fields: Fields): void => {
    if (!fields.ok) throw new PageRefusal(400)
  }
  act('/vog/ask', async (fields, ref, person) => {
    const lived = fields.yes('livedInUk') || vog.drawer.get('file', ref)?.livedInUk === true
    // What became of each question is in the file.
    await askAll(vog, ref, lived, person)
    return null
  })
  act('/vog/supply', (fields, ref, person) => {
    const identity = readIdentity(fields)
    const question = fields.line('question', 64)
    sure(fields)
    return supplyIdentity(vog, ref, question, identity, person)
  })
  act('/vog/announce', (fields, ref, person) => {
    const grounds = fields.text('grounds', 8_000)
    const viewsUntil = fields.day('viewsUntil', 'future')
    sure(fields)
    return announceRefusal(vog, ref, { grounds, viewsUntil }, person)
  })
  act('/vog/decide', async (fields, ref, person) => {
    const outcome = fields.choice('outcome', OUTCOMES)
    if (!outcome) throw new PageRefusal(400)
    return decide(vog, ref, outcome, person)
  })
}

import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import type { FormBody } from '#web/form-body.ts'
import { type Html, html } from '#web/html.ts'
import { notFound } from '#web/page-refusal.ts'
import type { CounterFile, Receipt } from '../counter.ts'
import { wentOut } from '../link.ts'
import { PROFILES } from '../person.ts'
import { readApplication } from '../read-application.ts'
import type { Faults } from '../read-fields.ts'
import { identityFields } from './identity-fields.ts'
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
import { applicationList, consentState, notOutPage, sentNote } from './parts.ts'

const BELOW = '/counter'

function list(
  files: readonly CounterFile[],
  locale: Locale,
  link: (path: string, ref?: string) => string,
): Html {
  const { counter, actor, person, outcomes } = locale.texts
  const rows = files.map(({ application, outcome, announced }) => [
    html`<a href="${link('/counter/application', application.applicationRef)}"><code>${application.applicationRef}</code></a>`,
    html`<bdi>${application.identity.surname}</bdi>`,
    outcome ? outcomes[outcome] : announced ? counter.announced : counter.pending,
  ])
  const table = dataTable({
    caption: counter.caption,
    headings: [actor.number, person.surname, actor.state],
    rows,
  })
  return html`<h1>${counter.title}</h1>
<p class="intro">${counter.intro}</p>
<p><a class="button" href="${link('/counter/new')}">${counter.take}</a></p>
${rows.length === 0 ? html`<p class="empty">${counter.none}</p>` : table}`
}

function form(locale: Locale, action: string, body: FormBody, faults: Faults): Html {
  const { texts } = locale
  const { counter } = texts
  const field = fieldsOf(locale, body, faults)
  const labels = {
    ...texts.person,
    vogProfile: texts.profile,
    position: counter.position,
    riskDeclared: counter.risk,
    consent: counter.consent,
  }
  return html`<h1>${counter.newTitle}</h1>
<p class="intro">${counter.newIntro}</p>
${summary(locale, faults, labels)}
<form method="post" action="${action}">
<h2>${texts.person.title}</h2>
${identityFields(field, locale)}
${field({ name: 'nationalities', label: texts.person.nationalities, kind: 'line', required: true, maxLength: 40, hint: texts.nationalitiesHint })}
<h2>${counter.work}</h2>
${field({ name: 'vogProfile', label: texts.profile, kind: 'radio', choices: PROFILES.map((value) => ({ value, label: texts.profiles[value] })) })}
${field({ name: 'position', label: counter.position, kind: 'line', required: true, maxLength: 200 })}
${field({ name: 'riskDeclared', label: counter.risk, kind: 'text', maxLength: 2_000, hint: counter.riskHint })}
<h2>${counter.consentTitle}</h2>
${field({
  name: 'consent',
  label: counter.consent,
  kind: 'radio',
  hint: counter.consentHint,
  choices: [
    { value: 'yes', label: counter.consentYes },
    { value: 'no', label: counter.consentNo },
  ],
})}
${button(counter.submit)}
</form>`
}

function receipt({ ref, code, sent }: Receipt, locale: Locale, back: string): Html {
  const { counter, actor } = locale.texts
  if (!wentOut(sent))
    return html`<h1>${counter.notTaken}</h1><p>${sentNote(sent, locale)}</p><p><a href="${back}">${actor.back}</a></p>`
  return html`<h1>${counter.takenTitle}</h1>
<p>${counter.takenText}</p>
${definitionList([
  [actor.number, html`<code class="id">${ref}</code>`],
  [counter.code, html`<code class="id">${code}</code>`],
])}
<p>${counter.codeOnce}</p>
<p><a href="${back}">${actor.back}</a></p>`
}

function consentForm(file: CounterFile, { texts }: Locale, action: string): Html | false {
  if (file.outcome) return false
  const { counter } = texts
  const given = consentState(file.application) === 'given'
  return html`<section aria-labelledby="consent"><h2 id="consent">${counter.consentTitle}</h2>
<p>${counter.changeText}</p>
<form method="post" action="${action}">${hidden('ref', file.application.applicationRef)}${hidden('given', given ? 'no' : 'yes')}
${button(given ? counter.withdraw : counter.give)}</form></section>`
}

function application(file: CounterFile, locale: Locale, action: string): Html {
  const { counter, outcomes } = locale.texts
  const { announced, outcome } = file
  return html`<h1>${file.application.applicationRef}</h1>
<p><strong>${outcome ? outcomes[outcome] : counter.pending}</strong></p>
${
  announced &&
  html`<section class="callout" aria-labelledby="announced"><h2 id="announced">${counter.announced}</h2>
<p>${counter.giveToApplicant}</p>
${definitionList([
  [counter.viewsUntil, announced.viewsUntil],
  [counter.grounds, announced.grounds],
])}</section>`
}
${applicationList(file.application, locale)}
${consentForm(file, locale, action)}`
}

/** The counter: applications in, decisions out. */
export function counterPages({ site, records, now }: PageParts): void {
  const { counter } = records
  site.server.get('/counter', async (request, reply) => {
    const locale = site.locale(request)
    const link = (path: string, ref?: string) => site.link(request, path, ref === undefined ? {} : { ref })
    return site.page(request, reply, {
      title: locale.texts.counter.title,
      main: list(counter.files(), locale, link),
      below: BELOW,
    })
  })
  site.server.get('/counter/new', async (request, reply) => {
    const locale = site.locale(request)
    const main = form(locale, site.link(request, '/counter/new'), {}, {})
    return site.page(request, reply, { title: locale.texts.counter.newTitle, main, below: BELOW })
  })
  site.server.post<Post>('/counter/new', async (request, reply) => {
    const locale = site.locale(request)
    const { counter: words } = locale.texts
    const refs = {
      application: counter.newRef('VOG'),
      person: counter.newRef('P'),
      consent: counter.newRef('C'),
    }
    const body = request.body ?? {}
    const reading = readApplication(body, refs, now())
    if (reading.kind === 'refused') {
      const main = form(locale, site.link(request, '/counter/new'), body, reading.faults)
      return site.page(request, reply.code(400), { title: words.newTitle, main, below: BELOW })
    }
    const taken = await counter.submit(reading.application, personOf(site, request))
    const main = receipt(taken, locale, site.link(request, '/counter'))
    return site.page(request, reply, { title: words.takenTitle, main, below: BELOW })
  })
  site.server.get<Get>('/counter/application', async (request, reply) => {
    const file = counter.file(asked(request, 'ref')) ?? notFound()
    const main = application(file, site.locale(request), site.link(request, '/counter/consent'))
    return site.page(request, reply, { title: file.application.applicationRef, main, below: BELOW })
  })
  site.server.post<Post>('/counter/consent', async (request, reply) => {
    const { ref = '', given = '' } = request.body ?? {}
    if (!counter.file(ref)) notFound()
    const sent = await orConflict(counter.changeConsent(ref, given === 'yes', personOf(site, request)))
    const back = site.link(request, '/counter/application', { ref })
    if (wentOut(sent)) return reply.redirect(back, 303)
    return site.page(request, reply.code(409), notOutPage(sent, site.locale(request), back))
  })
}

import type { Duty } from '#sdk/gateway-answers.ts'
import { badge } from '#web/badges.ts'
import { dataTable } from '#web/data-table.ts'
import { type Definition, definitionList } from '#web/definition-list.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import { type CodeTables, codeWords } from '../code-words.ts'
import type { Sent } from '../link.ts'
import type { Application, Conviction, Identity, JudicialRecord } from '../person.ts'
import type { Locale, Page } from './page.ts'

/** What the exchange made of it, with its reasons. */
export function sentNote({ verdict, reasons }: Sent, { lang, texts }: Locale): Html {
  const words = reasons.map((reason) => html`<br><span class="quiet">${reason[lang]}</span>`)
  return html`${badge(verdict === 'refused' ? 'deny' : verdict, texts.sent[verdict])}${words}`
}

/** Instead of the page one would go on to: what was meant to go out did not, and why. */
export function notOutPage(sent: Sent, locale: Locale, back: string): Page {
  const { notOut, actor } = locale.texts
  return {
    title: notOut.title,
    main: html`<h1>${notOut.title}</h1><p>${notOut.text}</p><p>${sentNote(sent, locale)}</p>
<p><a href="${back}">${actor.back}</a></p>`,
  }
}

export function identityList(identity: Identity, { texts }: Locale, more: readonly Definition[] = []): Html {
  const { person } = texts
  return definitionList([
    [person.surname, identity.surname],
    [person.givenNames, identity.givenNames],
    [person.birthDate, identity.birthDate],
    [person.birthPlace, identity.birthPlace],
    [person.birthCountry, identity.birthCountry],
    [person.formerNames, identity.formerNames],
    ...more,
  ])
}

export function applicationList(application: Application, locale: Locale): Html {
  const { texts } = locale
  return identityList(application.identity, locale, [
    [texts.person.nationalities, application.nationalities.join(' ')],
    [texts.profile, texts.profiles[application.vogProfile]],
    [texts.counter.position, application.position],
    [texts.counter.risk, application.riskDeclared],
    [texts.counter.consentTitle, texts.counter.consentNow[consentState(application)]],
  ])
}

export function consentState({ consent }: Application): 'given' | 'none' | 'withdrawn' {
  if (consent === null) return 'none'
  return consent.withdrawnAt === null ? 'given' : 'withdrawn'
}

const DUTY_SIGNS: Readonly<Record<Duty['state'], string>> = {
  open: '◷',
  awaiting: '‖',
  missed: '✕',
  met: '✓',
  late: '✓',
  ended: '–',
  withdrawn: '–',
}

/** One deadline on a line: its state, and by when. */
export function dutyState(duty: Duty, { lang, texts }: Locale): Html {
  const { duties } = texts
  const word =
    duty.state === 'awaiting' && duty.awaits !== null
      ? duties.stands(duties.names[duty.awaits] ?? duty.awaits)
      : duties.states[duty.state]
  const reminded = duty.reminded && duty.state === 'open' ? ` (${duties.reminded})` : ''
  const kind = duty.state === 'missed' ? html` class="badge badge-deny"` : html` class="badge"`
  const until = duty.state === 'open' && duty.due !== null ? time(Date.parse(duty.due), lang) : html``
  return html`<span${kind}><span class="sign" aria-hidden="true">${DUTY_SIGNS[duty.state]}</span>${word}${reminded}</span> ${until}`
}

export function dutyTable(rows: readonly Duty[], locale: Locale): Html {
  const { lang, texts } = locale
  const { duties } = texts
  if (rows.length === 0) return html`<p class="quiet">${duties.none}</p>`
  return dataTable({
    caption: duties.caption,
    headings: [duties.duty, texts.actor.state, duties.due, duties.article],
    rows: rows.map((duty) => [
      duty[lang],
      dutyState({ ...duty, due: null }, locale),
      time(duty.due === null ? null : Date.parse(duty.due), lang),
      duty.article === null ? '–' : `${duty.article}${duty.verified ? '' : ' †'}`,
    ]),
  })
}

type Coded = { readonly code: string; readonly national: string | null }

/** Code, what the register says it meant on that day, and how sure anybody is of that. */
function coded(
  rows: readonly Coded[],
  table: CodeTables['offences'],
  day: string,
  { lang, texts }: Locale,
): Html {
  const { convictions } = texts
  const items = rows.map(({ code, national }) => {
    const words = codeWords(table, code, day)
    const said =
      words.kind === 'unknown'
        ? html`<strong>${convictions.unknown}</strong>`
        : html`${words[lang]}${words.kind === 'category' && html` <span class="quiet">(${convictions.category})</span>`}${
            !words.verified && html` <span class="quiet">${convictions.unverified}</span>`
          }`
    return html`<li><code>${code}</code> ${said}${national !== null && html`<br><span class="quiet">${national}</span>`}</li>`
  })
  return items.length === 0 ? html`–` : html`<ul class="plain">${items}</ul>`
}

export function convictionTable(
  rows: readonly Conviction[],
  about: string,
  codes: CodeTables,
  locale: Locale,
): Html {
  const { convictions } = locale.texts
  if (rows.length === 0) return html`<p>${convictions.none}</p>`
  return dataTable({
    caption: `${convictions.caption}, ${about}`,
    headings: [
      convictions.ref,
      convictions.court,
      convictions.date,
      convictions.offences,
      convictions.sanctions,
    ],
    rows: rows.map((one) => [
      html`<code>${one.ref}</code>`,
      html`${one.court} (${one.state})`,
      one.convictedOn,
      coded(one.offences, codes.offences, one.convictedOn, locale),
      coded(one.sanctions, codes.sanctions, one.convictedOn, locale),
    ]),
  })
}

/** `about`: number of the question, so that two tables on a page have two names. */
export function recordTable(rows: readonly JudicialRecord[], about: string, { texts }: Locale): Html {
  const { records } = texts
  return dataTable({
    caption: `${records.caption}, ${about}`,
    headings: [records.ref, records.origin, records.date, records.article, records.disposal],
    rows: rows.map((one) => [
      html`<code>${one.ref}</code>`,
      texts.origins[one.origin] ?? one.origin,
      one.decidedOn,
      one.article,
      one.disposal,
    ]),
  })
}

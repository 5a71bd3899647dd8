import type { Language } from '#core/language.ts'
import { type Html, html } from './html.ts'

const TAGS: Readonly<Record<Language, string>> = { nl: 'nl-NL', en: 'en-GB' }

const STYLE = {
  timeZone: 'Europe/Amsterdam',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  timeZoneName: 'short',
} as const

const LONG = { nl: new Intl.DateTimeFormat(TAGS.nl, STYLE), en: new Intl.DateTimeFormat(TAGS.en, STYLE) }
const LATEST = 8.64e15

/** A time (ms) as text in Dutch civil time, for reading; what is no time reads `–`. */
export function timeText(ms: number, lang: Language): string {
  return Number.isFinite(ms) && Math.abs(ms) <= LATEST ? LONG[lang].format(ms) : '–'
}

/** The same with its exact value for machines. */
export function time(ms: number | null, lang: Language): Html {
  if (ms === null || !Number.isFinite(ms) || Math.abs(ms) > LATEST) return html`–`
  return html`<time datetime="${new Date(ms).toISOString()}">${timeText(ms, lang)}</time>`
}

/** Day and time on two short lines, with milliseconds: what an overview needs. */
export function shortTime(ms: number, lang: Language): Html {
  if (!Number.isFinite(ms) || Math.abs(ms) > LATEST) return html`–`
  const parts = new Map(LONG[lang].formatToParts(ms).map(({ type, value }) => [type, value]))
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? ''
  const clock = `${part('hour')}:${part('minute')}:${part('second')}`
  const day = `${part('day')} ${part('month')} ${part('year')}`
  return html`<time datetime="${new Date(ms).toISOString()}"><span class="clock">${clock}</span> <span class="day">${day}</span></time>`
}

/** Digits in groups, as the language writes them. */
export function countText(count: number, lang: Language): string {
  return count.toLocaleString(TAGS[lang])
}

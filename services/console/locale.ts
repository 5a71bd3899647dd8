import { type Language, languageOf } from '#adapters/http/problem.ts'
import { TEXTS, type Texts } from './texts.ts'

/** The language of one answer. `explicit`: the reader chose it, so links carry it on. */
export interface Locale {
  readonly lang: Language
  readonly explicit: boolean
  readonly texts: Texts
}

/** `?lang=nl|en` decides, else Accept-Language. Another value of `lang` is no choice at all. */
export function localeOf(lang: unknown, acceptLanguage: string | undefined): Locale {
  const chosen = lang === 'nl' || lang === 'en' ? lang : undefined
  const language = chosen ?? languageOf(acceptLanguage)
  return { lang: language, explicit: chosen !== undefined, texts: TEXTS[language] }
}

type Parameters = Readonly<Record<string, string | null>>

/** A link within the console: parameters that are null are left out; the chosen language goes along. */
export function linkTo(path: string, locale: Locale, parameters: Parameters = {}): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.append(name, value)
  if (locale.explicit) query.set('lang', locale.lang)
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

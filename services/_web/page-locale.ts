import { type Language, languageOf } from '#core/language.ts'

/** The language of one answer, with its texts. `explicit`: the reader chose it, so links carry it on. */
export interface PageLocale<Texts> {
  readonly lang: Language
  readonly explicit: boolean
  readonly texts: Texts
}

export type Parameters = Readonly<Record<string, string | null>>

/** `?lang=nl|en` decides, else Accept-Language. Another value of `lang` is no choice at all. */
export function pageLocale<Texts>(
  lang: unknown,
  acceptLanguage: string | undefined,
  texts: Readonly<Record<Language, Texts>>,
): PageLocale<Texts> {
  const chosen = lang === 'nl' || lang === 'en' ? lang : undefined
  const language = chosen ?? languageOf(acceptLanguage)
  return { lang: language, explicit: chosen !== undefined, texts: texts[language] }
}

/** A link of one's own: parameters that are null are left out; the chosen language goes along. */
export function pageLink(
  path: string,
  locale: Pick<PageLocale<unknown>, 'lang' | 'explicit'>,
  parameters: Parameters = {},
): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) if (value !== null) query.append(name, value)
  if (locale.explicit) query.set('lang', locale.lang)
  const text = query.toString()
  return text === '' ? path : `${path}?${text}`
}

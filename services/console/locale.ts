import { type PageLocale, pageLink, pageLocale } from '#web/page-locale.ts'
import { TEXTS, type Texts } from './texts.ts'

/** The language of one answer. `explicit`: the reader chose it, so links carry it on. */
export type Locale = PageLocale<Texts>

/** `?lang=nl|en` decides, else Accept-Language. Another value of `lang` is no choice at all. */
export const localeOf = (lang: unknown, acceptLanguage: string | undefined): Locale =>
  pageLocale(lang, acceptLanguage, TEXTS)

/** A link within the console: parameters that are null are left out; the chosen language goes along. */
export const linkTo = pageLink

import { type PageLocale, pageLink } from '#web/page-locale.ts'
import type { Texts } from './texts.ts'

/** The language of one answer. `explicit`: the reader chose it, so links carry it on. */
export type Locale = PageLocale<Texts>

/** A link within the console: parameters that are null are left out; the chosen language goes along. */
export const linkTo = pageLink

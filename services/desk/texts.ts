import { DESK_EN } from './texts-en.ts'
import { DESK_NL } from './texts-nl.ts'

export type Texts = typeof DESK_NL

export const TEXTS: Readonly<Record<'nl' | 'en', Texts>> = { nl: DESK_NL, en: DESK_EN }

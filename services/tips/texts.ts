import type { NL } from './texts-nl.ts'

type Words<T> = T extends string
  ? string
  : T extends (...given: infer Given) => string
    ? (...given: Given) => string
    : { readonly [Name in keyof T]: Words<T[Name]> }

/** What every language has to say. */
export type TipsTexts = Words<typeof NL>

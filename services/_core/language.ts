/** The two languages of every text for people. */
export type Language = 'nl' | 'en'

/** First choice of an Accept-Language header; English for everything else. */
export function languageOf(acceptLanguage: string | undefined): Language {
  const first = acceptLanguage?.split(',')[0]?.trim().toLowerCase() ?? ''
  return first === 'nl' || first.startsWith('nl-') ? 'nl' : 'en'
}

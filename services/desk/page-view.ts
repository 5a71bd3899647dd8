import { timeText } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { Parameters } from '#web/page-locale.ts'
import type { Trouble } from './collector.ts'
import type { Texts } from './texts.ts'
import type { Words } from './word-book.ts'

/** What every page of the desk is made with. */
export interface PageView {
  readonly lang: 'nl' | 'en'
  readonly texts: Texts
  readonly words: Words
  /** ms */
  readonly now: number
  readonly trouble: Trouble | null
  link(path: string, parameters?: Parameters): string
}

/** Above a page: the exchange cannot be asked now. */
export function troubleNote({ trouble, texts, lang }: PageView): Html | false {
  return (
    trouble !== null &&
    html`<p class="callout" role="status">${texts.trouble(trouble.code, timeText(trouble.since, lang))}</p>`
  )
}

import type { Epoch } from '#core/decision/epoch.ts'
import { type Html, html } from '#web/html.ts'
import type { Locale } from './locale.ts'
import type { PageName, Texts } from './texts.ts'

export interface Content {
  readonly title: string
  /** The menu entry this is, or null for pages below one. */
  readonly page: PageName | null
  readonly main: Html
  /** Scripts that have work here. */
  readonly scripts?: readonly string[]
}

export const PATHS: Readonly<Record<PageName, string>> = {
  handoffs: '/',
  replay: '/replay',
  operator: '/operator',
  ledger: '/ledger',
  matrix: '/matrix',
  about: '/about',
}

export const MENU = (Object.keys(PATHS) as readonly PageName[]).map((name) => ({
  path: PATHS[name],
  label: (texts: Texts) => texts.pages[name],
}))

/** `epoch`: undefined = control cannot be read now. */
export function footer({ texts: { footer: texts } }: Locale, epoch: Epoch | undefined): Html {
  const facts = epoch && [texts.epoch(epoch.number), epoch.profile.strict ? texts.strict : texts.development]
  return html`<p>${texts.dagger}</p><p>${texts.names}</p>${facts && html`<p>${facts.join(' · ')}</p>`}`
}

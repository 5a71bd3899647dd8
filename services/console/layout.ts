import type { Epoch } from '#core/decision/epoch.ts'
import { type Html, html } from './html.ts'
import { type Locale, linkTo } from './locale.ts'
import type { PageName } from './texts.ts'

/** Where a page stands: what its links, its title and its language switch need. */
export interface Place {
  readonly locale: Locale
  readonly path: string
  /** Its own parameters, without the language: the switch keeps them. */
  readonly parameters: Readonly<Record<string, string | null>>
  /** undefined = control cannot be read now. */
  readonly epoch: Epoch | undefined
  /** Digest of the assets, so that a browser never mixes versions. */
  readonly version: string
}

export interface Content {
  readonly title: string
  /** The menu entry this is, or null for pages below one. */
  readonly page: PageName | null
  readonly main: Html
  /** Whether the live script has work here. */
  readonly live?: boolean
}

const PATHS: Readonly<Record<PageName, string>> = {
  handoffs: '/',
  ledger: '/ledger',
  matrix: '/matrix',
  about: '/about',
}
const NAMES = Object.keys(PATHS) as readonly PageName[]

function menu({ locale, path }: Place, current: PageName | null): Html {
  const { texts } = locale
  const items = NAMES.map((name) => {
    const here = name === current && path === PATHS[name]
    const mark = here ? html` aria-current="page"` : name === current && html` aria-current="true"`
    return html`<li><a href="${linkTo(PATHS[name], locale)}"${mark}>${texts.pages[name]}</a></li>`
  })
  return html`<nav aria-label="${texts.navigation}"><ul>${items}</ul></nav>`
}

function languageSwitch({ locale, path, parameters }: Place): Html {
  const { code, name, switch: label } = locale.texts.otherLanguage
  const other: Locale = { ...locale, lang: code, explicit: true }
  const href = linkTo(path, other, parameters)
  return html`<a class="language" lang="${code}" hreflang="${code}" href="${href}" title="${label}">${name}</a>`
}

function footer({ locale, epoch }: Place): Html {
  const { footer: texts } = locale.texts
  const facts = epoch && [texts.epoch(epoch.number), epoch.profile.strict ? texts.strict : texts.development]
  return html`<footer class="foot"><p>${texts.dagger}</p><p>${texts.names}</p>${
    facts && html`<p>${facts.join(' · ')}</p>`
  }</footer>`
}

/** A whole page. */
export function layout(place: Place, content: Content): Html {
  const { locale, version } = place
  const { texts, lang } = locale
  const script = content.live && html`<script src="/assets/live.js?v=${version}" defer></script>`
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${content.title} – ${texts.product}</title>
<link rel="stylesheet" href="/assets/console.css?v=${version}">
<link rel="icon" href="/assets/schakel.svg?v=${version}" type="image/svg+xml">
${script}
</head>
<body>
<a class="skip" href="#main">${texts.skip}</a>
<header class="mast">
<p class="brand"><a href="${linkTo('/', locale)}">${texts.product}</a> <span class="tagline">${texts.tagline}</span></p>
${menu(place, content.page)}
${languageSwitch(place)}
</header>
<main id="main" tabindex="-1">
${content.main}
</main>
${footer(place)}
</body>
</html>
`
}

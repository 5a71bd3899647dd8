import type { Language } from '#core/language.ts'
import { type Html, html } from './html.ts'

export interface MenuItem {
  readonly href: string
  readonly label: string
  /** `page`: this very page; `section`: a page below it. */
  readonly current: 'page' | 'section' | null
}

/** Words around every page. */
export interface ShellTexts {
  readonly product: string
  readonly tagline: string
  readonly skip: string
  readonly navigation: string
  readonly otherLanguage: { readonly code: Language; readonly name: string; readonly switch: string }
}

export interface Shell {
  readonly lang: Language
  readonly texts: ShellTexts
  readonly title: string
  readonly home: string
  readonly menu: readonly MenuItem[]
  /** Address of this page in the other language. */
  readonly otherLanguage: string
  readonly main: Html
  readonly footer: Html
  /** Digest of the assets, so that a browser never mixes versions. */
  readonly version: string
  /** Names of scripts among the assets. */
  readonly scripts?: readonly string[]
  /** Beside the language: who is signed in, and out. */
  readonly aside?: Html | undefined
}

const MARKS = { page: html` aria-current="page"`, section: html` aria-current="true"` } as const

function menu({ menu: items, texts }: Shell): Html {
  if (items.length === 0) return html``
  const links = items.map(
    ({ href, label, current }) => html`<li><a href="${href}"${current && MARKS[current]}>${label}</a></li>`,
  )
  return html`<nav aria-label="${texts.navigation}"><ul>${links}</ul></nav>`
}

function languageSwitch({ texts, otherLanguage }: Shell): Html {
  const { code, name, switch: label } = texts.otherLanguage
  return html`<a class="language" lang="${code}" hreflang="${code}" href="${otherLanguage}" title="${label}">${name}</a>`
}

/** A whole page: one `h1` in `main` is the caller's. */
export function shell(page: Shell): Html {
  const { lang, texts, version } = page
  const scripts = (page.scripts ?? []).map(
    (name) => html`<script src="/assets/${name}?v=${version}" defer></script>
`,
  )
  return html`<!doctype html>
<html lang="${lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${page.title} – ${texts.product}</title>
<link rel="stylesheet" href="/assets/schakel.css?v=${version}">
<link rel="icon" href="/assets/schakel.svg?v=${version}" type="image/svg+xml">
${scripts}</head>
<body>
<a class="skip" href="#main">${texts.skip}</a>
<header class="mast">
<p class="brand"><a href="${page.home}">${texts.product}</a> <span class="tagline">${texts.tagline}</span></p>
${menu(page)}
${page.aside}
${languageSwitch(page)}
</header>
<main id="main" tabindex="-1">
${page.main}
</main>
<footer class="foot">${page.footer}</footer>
</body>
</html>
`
}

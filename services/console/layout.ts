import type { Epoch } from '#core/decision/epoch.ts'
import type { SignedIn } from '#web/door.ts'
import { type Html, html } from '#web/html.ts'
import { type MenuItem, shell } from '#web/shell.ts'
import { type Locale, linkTo } from './locale.ts'
import { rolesFor } from './require-role.ts'
import type { PageName } from './texts.ts'

/** Where a page stands: what its links, its title and its language switch need. */
export interface Place {
  readonly locale: Locale
  readonly path: string
  /** Its own parameters, without the language: the switch keeps them. */
  readonly parameters: Readonly<Record<string, string | null>>
  /** undefined = control cannot be read now. */
  readonly epoch: Epoch | undefined
  readonly user: SignedIn | undefined
  /** Digest of the assets, so that a browser never mixes versions. */
  readonly version: string
}

export interface Content {
  readonly title: string
  /** The menu entry this is, or null for pages below one. */
  readonly page: PageName | null
  readonly main: Html
  /** Scripts that have work here. */
  readonly scripts?: readonly string[]
}

const PATHS: Readonly<Record<PageName, string>> = {
  handoffs: '/',
  replay: '/replay',
  operator: '/operator',
  ledger: '/ledger',
  matrix: '/matrix',
  about: '/about',
}
const NAMES = Object.keys(PATHS) as readonly PageName[]

/** Only what this reader may open. */
function menu({ locale, path, user }: Place, current: PageName | null): readonly MenuItem[] {
  const open = NAMES.filter((name) => {
    const roles = rolesFor(PATHS[name])
    return roles === null || roles.some((role) => user?.roles.includes(role))
  })
  return open.map((name) => {
    const below = name === current ? 'section' : null
    return {
      href: linkTo(PATHS[name], locale),
      label: locale.texts.pages[name],
      current: name === current && path === PATHS[name] ? 'page' : below,
    }
  })
}

function footer({ locale, epoch }: Place): Html {
  const { footer: texts } = locale.texts
  const facts = epoch && [texts.epoch(epoch.number), epoch.profile.strict ? texts.strict : texts.development]
  return html`<p>${texts.dagger}</p><p>${texts.names}</p>${facts && html`<p>${facts.join(' · ')}</p>`}`
}

function signedIn({ locale, user }: Place): Html | undefined {
  if (!user) return undefined
  const { signIn } = locale.texts.desks
  return html`<form class="account" method="post" action="${linkTo('/sign-out', locale)}"><span>${signIn.signedInAs(user.name)}</span> <button type="submit">${signIn.leave}</button></form>`
}

/** A whole page. */
export function layout(place: Place, content: Content): Html {
  const { locale, version, path, parameters } = place
  const other: Locale = { ...locale, lang: locale.texts.otherLanguage.code, explicit: true }
  return shell({
    lang: locale.lang,
    texts: locale.texts,
    title: content.title,
    home: linkTo('/', locale),
    menu: menu(place, content.page),
    otherLanguage: linkTo(path, other, parameters),
    main: content.main,
    footer: footer(place),
    version,
    scripts: content.scripts ?? [],
    aside: signedIn(place),
  })
}

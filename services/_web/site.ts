import type { AddressInfo } from 'node:net'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Failure, fail } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import type { Language } from '#core/language.ts'
import { isLoopback } from './allowed-host.ts'
import { definitionList } from './definition-list.ts'
import type { Door, SignedIn } from './door.ts'
import { formField } from './form-field.ts'
import { type Html, html } from './html.ts'
import { type Assets, loadAssets } from './page-assets.ts'
import { type PageLocale, type Parameters, pageLink, pageLocale } from './page-locale.ts'
import { PageRefusal } from './page-refusal.ts'
import { pageServer } from './page-server.ts'
import { type MenuItem, shell } from './shell.ts'
import { SITE_TEXTS, type SiteTexts } from './site-texts.ts'

/** Each site's own texts extend this. */
export interface SiteWords {
  readonly product: string
  readonly tagline: string
  /** At the door, in place of the general words. */
  readonly signInIntro?: string
  /** Of what goes wrong, in place of the general words. */
  readonly errors?: Partial<SiteTexts['errors']>
}

export interface SiteOptions<T extends SiteWords> {
  readonly texts: Readonly<Record<Language, T>>
  /** Shown only to who may open them; the first of those is where signing in leads. */
  readonly menu: readonly { readonly path: string; readonly label: (texts: T) => string }[]
  /** Who may see a path; null = everybody. */
  readonly rolesFor: (path: string) => readonly string[] | null
  readonly door: Door
  readonly footer: (locale: PageLocale<T>) => Html
  /** Paths of asset files of one's own. */
  readonly scripts?: readonly string[]
  readonly report: (failure: Failure, id: string) => void
}

export interface SitePage {
  readonly title: string
  readonly main: Html
  /** Path of the menu entry that this page is, or stands below. */
  readonly below?: string
  /** The page's own parameters: the language switch keeps them. */
  readonly parameters?: Parameters
  readonly scripts?: readonly string[]
}

const USER = Symbol('signed in')
type WithUser = FastifyRequest & { [USER]?: SignedIn }

const OPEN = /^\/(?:assets\/|sign-in$|sign-out$)/
const pathOf = (request: FastifyRequest): string => {
  const path = request.url.split('?')[0] ?? '/'
  return /^\/(?!\/)[A-Za-z0-9./_-]*$/.test(path) ? path : '/'
}

/** Pages behind a door: a server of pages with menu, languages, sign-in, and an answer for whoever may not. */
export class Site<T extends SiteWords> {
  readonly server: FastifyInstance
  readonly #options: SiteOptions<T>
  readonly #assets: Assets

  constructor(options: SiteOptions<T>) {
    this.#options = options
    this.#assets = loadAssets(options.scripts)
    this.server = pageServer({
      assets: this.#assets,
      refused: (request, reply, refusal) => this.page(request, reply, this.#refused(request, refusal)),
      report: options.report,
    })
    this.server.addHook('onRequest', (request, reply) => this.#admit(request, reply))
    this.#signIn()
  }

  locale(request: FastifyRequest): PageLocale<T> {
    const { lang } = (request.query ?? {}) as Readonly<Record<string, unknown>>
    return pageLocale(lang, request.headers['accept-language'], this.#options.texts)
  }

  /** Who asks; undefined = nobody that is signed in. */
  user(request: FastifyRequest): SignedIn | undefined {
    return (request as WithUser)[USER]
  }

  /** A link of one's own in the language of this request. */
  link(request: FastifyRequest, path: string, parameters: Parameters = {}): string {
    return pageLink(path, this.locale(request), parameters)
  }

  /** A whole page. */
  page(request: FastifyRequest, reply: FastifyReply, content: SitePage): FastifyReply {
    const locale = this.locale(request)
    const texts = { ...SITE_TEXTS[locale.lang], product: locale.texts.product, tagline: locale.texts.tagline }
    const other = { lang: texts.otherLanguage.code, explicit: true }
    const markup = shell({
      lang: locale.lang,
      texts,
      title: content.title,
      home: this.link(request, '/'),
      menu: this.#menu(request, content.below),
      otherLanguage: pageLink(pathOf(request), other, content.parameters),
      main: content.main,
      footer: this.#options.footer(locale),
      version: this.#assets.version,
      scripts: content.scripts ?? [],
      aside: this.#aside(request),
    })
    return this.send(request, reply, markup)
  }

  /** Part of a page, fetched again while it is open. */
  send(request: FastifyRequest, reply: FastifyReply, markup: Html): FastifyReply {
    return reply
      .headers({ 'Content-Language': this.locale(request).lang, Vary: 'Accept-Language' })
      .type('text/html; charset=utf-8')
      .send(markup.toString())
  }

  #mayOpen(user: SignedIn | undefined, path: string): boolean {
    const roles = OPEN.test(path) ? null : this.#options.rolesFor(path)
    return roles === null || roles.some((role) => user?.roles.includes(role))
  }

  #menu(request: FastifyRequest, below: string | undefined): readonly MenuItem[] {
    const [user, here, { texts }] = [this.user(request), pathOf(request), this.locale(request)]
    return this.#options.menu
      .filter(({ path }) => this.#mayOpen(user, path))
      .map(({ path, label }) => ({
        href: this.link(request, path),
        label: label(texts),
        current: path === here ? 'page' : path === below ? 'section' : null,
      }))
  }

  #aside(request: FastifyRequest): Html | undefined {
    const user = this.user(request)
    const { signIn } = SITE_TEXTS[this.locale(request).lang]
    return user
      ? html`<form class="account" method="post" action="${this.link(request, '/sign-out')}"><span>${signIn.signedInAs(user.name)}</span> <button type="submit">${signIn.leave}</button></form>`
      : undefined
  }

  async #admit(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
    const user = this.#options.door.user(request.headers.cookie)
    if (user) (request as WithUser)[USER] = user
    const path = request.url.split('?')[0] ?? '/'
    // The router decodes, roles are judged by the path as sent: one that is written in another way is no page of ours.
    if (path.includes('%')) throw new PageRefusal(404)
    if (this.#mayOpen(user, path)) return undefined
    if (user && path === '/') return reply.redirect(this.#start(request, user), 303)
    if (user) throw new PageRefusal(403)
    if (request.method !== 'GET' || request.headers.accept?.includes('text/html') !== true)
      throw new PageRefusal(401)
    return reply.redirect(this.link(request, '/sign-in'), 303)
  }

  /** The first page that this person may open. */
  #start(request: FastifyRequest, user: SignedIn): string {
    const first = this.#options.menu.find(({ path }) => path !== '/' && this.#mayOpen(user, path))
    if (!first) throw new PageRefusal(403)
    return this.link(request, first.path)
  }

  #signIn(): void {
    const { door } = this.#options
    this.server.get<{ Querystring: { code?: unknown } }>('/sign-in', async (request, reply) => {
      const { code } = request.query
      if (typeof code !== 'string') return this.page(request, reply, this.#signInPage(request, undefined))
      // The code leaves the address bar at once.
      return reply.header('Set-Cookie', door.enterByCode(code)).redirect(this.link(request, '/'), 303)
    })
    this.server.post<{ Body: Readonly<Record<string, string>> | undefined }>(
      '/sign-in',
      async (request, reply) => {
        const { actor = '', passphrase = '' } = request.body ?? {}
        try {
          return reply
            .header('Set-Cookie', await door.enter(actor, passphrase))
            .redirect(this.link(request, '/'), 303)
        } catch (error) {
          const status = error instanceof PageRefusal ? error.status : undefined
          if (status !== 401 && status !== 429) throw error
          const { signIn } = SITE_TEXTS[this.locale(request).lang]
          const wrong = status === 401 ? signIn.wrong : signIn.wait
          return this.page(request, reply.code(status), this.#signInPage(request, wrong))
        }
      },
    )
    this.server.post('/sign-out', async (request, reply) =>
      reply
        .header('Set-Cookie', door.leave(request.headers.cookie))
        .redirect(this.link(request, '/sign-in'), 303),
    )
  }

  #signInPage(request: FastifyRequest, error: string | undefined): SitePage {
    const { lang, texts } = this.locale(request)
    const { signIn } = SITE_TEXTS[lang]
    return {
      title: signIn.title,
      main: html`<h1>${signIn.title}</h1>
<p class="intro">${texts.signInIntro ?? signIn.intro}</p>
<form method="post" action="${this.link(request, '/sign-in')}">
${formField({ name: 'actor', label: signIn.actor, kind: 'line', required: true, maxLength: 64, autocomplete: 'username', error })}
${formField({ name: 'passphrase', label: signIn.passphrase, kind: 'password', required: true, maxLength: 1_000, autocomplete: 'current-password' })}
<div class="actions"><button type="submit">${signIn.enter}</button></div>
</form>`,
    }
  }

  /** Says what went wrong in general; details and causes are for the log, never for the page. */
  #refused(request: FastifyRequest, refusal: PageRefusal): SitePage {
    const { lang, texts: own } = this.locale(request)
    const texts = SITE_TEXTS[lang]
    const { title, text } = own.errors?.[refusal.status] ?? texts.errors[refusal.status]
    const { code } = refusal
    return {
      title,
      main: html`<h1>${title}</h1>
<p>${text}</p>
${definitionList([
  [texts.errorCode, code === undefined ? null : html`<code>${code}</code> ${FAILURES[code][lang]}`],
  [texts.errorNumber, refusal.status >= 500 ? html`<code>${request.id}</code>` : null],
])}
<p><a href="${this.link(request, '/')}">${texts.home}</a></p>`,
    }
  }
}

export const openSite = <T extends SiteWords>(options: SiteOptions<T>): Site<T> => new Site(options)

export interface Listening {
  readonly url: string
  readonly port: number
  close(): Promise<void>
}

/** Listens on return, on loopback only (else `OPS_USAGE`); port 0 = any free one. */
export async function listen<T extends SiteWords>(
  site: Site<T>,
  host: string,
  port: number,
): Promise<Listening> {
  if (!isLoopback(host)) fail('OPS_USAGE', '/host', 'pages are served on loopback only')
  await site.server.listen({ host, port })
  const address = site.server.server.address() as AddressInfo
  const name = host.includes(':') ? `[${host}]` : host
  return { url: `http://${name}:${address.port}`, port: address.port, close: () => site.server.close() }
}

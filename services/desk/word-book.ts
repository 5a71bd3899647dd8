import type { TypeForm } from '#sdk/catalogue.ts'
import type { Connection } from '#sdk/connect.ts'
import type { PublishedCode, PublishedRoutes } from '#sdk/gateway-answers.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { timeText } from '#web/format-time.ts'
import type { Texts } from './texts.ts'

type Lang = 'nl' | 'en'
type Catalogue = Pick<Connection['catalogue'], 'codes' | 'routes' | 'form'>

/** Names in words, in one language; what nobody published stands for itself. */
export class Words {
  readonly lang: Lang
  readonly routes: PublishedRoutes
  readonly #codes: ReadonlyMap<string, PublishedCode>
  readonly #forms: ReadonlyMap<string, TypeForm>

  constructor(
    lang: Lang,
    codes: ReadonlyMap<string, PublishedCode>,
    routes: PublishedRoutes,
    forms: ReadonlyMap<string, TypeForm>,
  ) {
    this.lang = lang
    this.routes = routes
    this.#codes = codes
    this.#forms = forms
  }

  code(entity: string, code: string): string {
    return this.#codes.get(`${entity}:${code}`)?.[this.lang] ?? code
  }

  /** Codes of one kind, in the order in which they are published. */
  codesOf(entity: string): readonly PublishedCode[] {
    return [...this.#codes.values()].filter((one) => one.entity === entity)
  }

  /** Terms and dates (`retain:30d`, `answer-by:…`) have no row of their own. */
  obligation(code: string, texts: Pick<Texts, 'days' | 'by'>): string {
    const term = /^retain:([0-9]+)d$/.exec(code)
    if (term) return texts.days(Number(term[1]))
    const [, kind, at = ''] = /^(answer|act)-by:(.+)$/.exec(code) ?? []
    if (kind === undefined) return this.code('Obligation', code)
    return texts.by[kind === 'answer' ? 'answer' : 'act'](timeText(Date.parse(at), this.lang))
  }

  party(urn: string): string {
    const party = this.routes.parties.find((one) => one.urn === urn)
    return party ? `${party.name} (${party.endpoint})` : urn
  }

  form(type: string): TypeForm | undefined {
    return this.#forms.get(type)
  }

  type(name: string): string {
    return this.#forms.get(name)?.[this.lang] ?? name
  }

  /** A member as the schema calls it; elements of an array are counted from 1. */
  member(type: string, member: string): string {
    const [name = member, element] = member.split('/')
    const field = this.#forms.get(type)?.fields.find((one) => one.name === name)
    const words = field?.[this.lang] ?? name
    return element === undefined ? words : `${words} ${Number(element) + 1}`
  }
}

/** What the exchange publishes, as words for one page; while it cannot be reached, as it was last read. */
export class WordBook {
  readonly #catalogue: Catalogue
  #codes: ReadonlyMap<string, PublishedCode> = new Map()
  #routes: PublishedRoutes = { routes: [], parties: [] }
  readonly #forms = new Map<string, TypeForm>()

  constructor(catalogue: Catalogue) {
    this.#catalogue = catalogue
  }

  async words(lang: Lang, types: Iterable<string> = []): Promise<Words> {
    await tolerant(async () => {
      this.#routes = await this.#catalogue.routes()
      const codes = await this.#catalogue.codes()
      this.#codes = new Map(codes.map((one) => [`${one.entity}:${one.code}`, one]))
    })
    await Promise.all(
      [...new Set(types)].map((type) =>
        tolerant(async () => {
          this.#forms.set(type, await this.#catalogue.form(type))
        }),
      ),
    )
    return new Words(lang, this.#codes, this.#routes, new Map(this.#forms))
  }
}

/** A page without some words is better than none. */
async function tolerant(task: () => Promise<void>): Promise<void> {
  try {
    await task()
  } catch (error) {
    if (!(error instanceof SchakelError)) throw error
  }
}

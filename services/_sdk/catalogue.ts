import { fail } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { type Shape, shapeOf } from '#core/message/message-shape.ts'
import type { ConnectionPorts } from './connection-ports.ts'
import type { PublishedCode, PublishedRoutes, PublishedType } from './gateway-answers.ts'
import { asSchakelErrors } from './sdk-error.ts'

export type { Shape }

/** One field of a form: its words, and the shape of its value. */
export interface FormMember {
  readonly name: string
  readonly nl: string
  readonly en: string
  readonly nullable: boolean
  readonly shape: Shape
}

/** What somebody needs to fill in or to read a message of a type, from its published schema. */
export interface TypeForm {
  readonly name: string
  readonly vct: string
  readonly nl: string
  readonly en: string
  readonly toExchange: boolean
  readonly answeredBy: string | null
  readonly fields: readonly FormMember[]
}

/** What the exchange publishes for people: types, codes in words, and what may go from this endpoint to whom. Kept for a minute. */
export class Catalogue {
  readonly #urn: EndpointUrn
  readonly #directory: ConnectionPorts['directory']

  constructor(urn: EndpointUrn, directory: ConnectionPorts['directory']) {
    this.#urn = urn
    this.#directory = directory
  }

  types(): Promise<readonly PublishedType[]> {
    return asSchakelErrors(() => this.#directory.types())
  }

  codes(): Promise<readonly PublishedCode[]> {
    return asSchakelErrors(() => this.#directory.codes())
  }

  routes(): Promise<PublishedRoutes> {
    return asSchakelErrors(() => this.#directory.routes(this.#urn))
  }

  /** The form of a type by its name (newest version) or its vct. Throws `MSG_SCHEMA` for one that is not published. */
  form(nameOrVct: string): Promise<TypeForm> {
    return asSchakelErrors(async () => {
      const directory = this.#directory
      const type = await (nameOrVct.startsWith('nl.schakel.')
        ? directory.type(nameOrVct)
        : directory.typeNamed(nameOrVct))
      const schema = JSON.parse(type.text) as Readonly<Record<string, unknown>>
      const shapes = new Map(shapeOf(schema).fields.map(({ name, shape }) => [name, shape]))
      const fields = type.fields.map(({ name, nl, en, nullable }) => {
        const shape = shapes.get(name) ?? fail('BUG_INVARIANT')
        return { name, nl, en, nullable, shape }
      })
      const [nl, en] = [String(schema['nl']), String(schema['en'])]
      const { name, vct, toExchange, answeredBy } = type
      return { name, vct, nl, en, toExchange, answeredBy, fields }
    })
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fail } from '#core/failure.ts'
import { projectRoot } from './project-root.ts'

/** A partner's file in contracts/, as far as whoever connects needs it. */
export interface Party {
  readonly id: string
  readonly oin: string
  /** Partner that carries it; null: it has a connection of its own. */
  readonly via: string | null
  readonly endpoints: readonly string[]
}

const FOLDER = ['contracts', 'partner'] as const

/** undefined: it has no file there, as a partner that was admitted since. */
export function findParty(id: string): Party | undefined {
  const path = projectRoot(...FOLDER, `${id}.json`)
  if (!/^[a-z0-9-]+$/.test(id) || !existsSync(path)) return undefined
  const { oin, via, endpoints } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly oin: string
    readonly via: string | null
    readonly endpoints: object
  }
  return { id, oin, via, endpoints: Object.keys(endpoints) }
}

/** `OPS_NOT_FOUND` for a partner that has no file. */
const readParty = (id: string): Party => findParty(id) ?? fail('OPS_NOT_FOUND', '/to', `partner ${id}`)

/** The urn of `partner/endpoint`. */
export function urnOfParty(party: string): string {
  const [partner = '', endpoint = ''] = party.split('/')
  return `urn:nld:oin:${readParty(partner).oin}:systeem:${endpoint}`
}

export function allParties(): readonly Party[] {
  const files = readdirSync(projectRoot(...FOLDER)).filter((name) => name.endsWith('.json'))
  return files.map((name) => readParty(name.slice(0, -'.json'.length)))
}

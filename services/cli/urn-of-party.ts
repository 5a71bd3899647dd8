import { existsSync, readFileSync } from 'node:fs'
import { fail } from '#core/failure.ts'
import { projectRoot } from './project-root.ts'

/** The urn of `partner/endpoint`, from the partner's file in contracts/; one that has no such file is `OPS_NOT_FOUND`. */
export function urnOfParty(party: string): string {
  const [partner = '', endpoint = ''] = party.split('/')
  const path = projectRoot('contracts', 'partner', `${partner}.json`)
  if (!/^[a-z0-9-]+$/.test(partner) || !existsSync(path)) fail('OPS_NOT_FOUND', '/to', `partner ${partner}`)
  const { oin } = JSON.parse(readFileSync(path, 'utf8')) as { oin: string }
  return `urn:nld:oin:${oin}:systeem:${endpoint}`
}

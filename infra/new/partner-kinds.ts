import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { at, list, members, readJson, text, texts } from '#core/decision/read-json.ts'
import { fail } from '#core/failure.ts'

const PATH = 'contracts/partner-kinds.json'

/** What partners of one kind have in common when they join: one endpoint, its roles, and with whom they agree. */
export interface PartnerKind {
  readonly kind: string
  readonly roles: readonly string[]
  readonly endpoint: string
  readonly regime: string
  /** Partner id of the other party to the agreement, unless another is named. */
  readonly with: string
  readonly nl: string
  readonly en: string
}

/** The table of kinds, strictly. Throws `OPS_CONTROL`. */
export function readPartnerKinds(root: string): readonly PartnerKind[] {
  const file = readJson(PATH, readFileSync(join(root, PATH)))
  return list(at(members(file, ['kinds']), 'kinds')).map((node) => {
    const map = members(node, ['kind', 'roles', 'endpoint', 'regime', 'with', 'nl', 'en'])
    const word = (name: string) => text(at(map, name))
    return {
      kind: word('kind'),
      roles: texts(at(map, 'roles')),
      endpoint: word('endpoint'),
      regime: word('regime'),
      with: word('with'),
      nl: word('nl'),
      en: word('en'),
    }
  })
}

/** One kind by name; another is `OPS_USAGE`, with those there are. */
export function partnerKind(root: string, name: string): PartnerKind {
  const kinds = readPartnerKinds(root)
  const found = kinds.find(({ kind }) => kind === name)
  return found ?? fail('OPS_USAGE', '/kind', `one of ${kinds.map(({ kind }) => kind).join(', ')}`)
}

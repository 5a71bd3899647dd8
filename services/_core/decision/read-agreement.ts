import { parseOin, type TypeName } from '#core/ids.ts'
import { controlDate } from './control-date.ts'
import type { Agreement } from './epoch.ts'
import { at, bad, flag, list, members, type Node, oneOf, text, texts } from './read-json.ts'

const MEMBERS = ['id', 'kind', 'parties', 'cites', 'from', 'until', 'lists', 'originatorConsent', 'marks']

/** contracts/agreement/<id>.json, strictly; dates as `controlDate` reads them, `until` exclusive. Throws `OPS_CONTROL`. */
export function readAgreement(id: string, root: Node): Agreement {
  const map = members(root, MEMBERS, ['synthetic'])
  if (text(at(map, 'id')) !== id) bad(root, 'id differs from the file name')
  text(at(map, 'cites'))
  if (map.has('synthetic')) flag(at(map, 'synthetic'))
  const from = controlDate(at(map, 'from'))
  const until = controlDate(at(map, 'until'))
  if (until <= from) bad(at(map, 'until'), 'not after from')
  const parties = list(at(map, 'parties')).map((node) => parseOin(text(node), node.path))
  if (parties.length === 0 || new Set(parties).size !== parties.length)
    bad(at(map, 'parties'), 'none, or one twice')
  const agreement = {
    id,
    kind: oneOf(at(map, 'kind'), ['agreement', 'statute', 'internal']),
    parties,
    from,
    until,
    lists: list(at(map, 'lists')).map(readEntry),
    originatorConsent: list(at(map, 'originatorConsent')).map(readConsent),
    marks: readMarks(at(map, 'marks')),
  }
  for (const { originator } of agreement.originatorConsent) {
    if (!parties.includes(originator))
      bad(at(map, 'originatorConsent'), 'consent of somebody who is no party')
  }
  return agreement
}

function readEntry(node: Node): Agreement['lists'][number] {
  const map = members(node, ['type', 'from', 'to', 'basis', 'purposes', 'profile'])
  return {
    type: text(at(map, 'type')) as TypeName,
    from: texts(at(map, 'from')),
    to: texts(at(map, 'to')),
    basis: text(at(map, 'basis')),
    purposes: texts(at(map, 'purposes')),
    profile: texts(at(map, 'profile')),
  }
}

function readConsent(node: Node): Agreement['originatorConsent'][number] {
  const map = members(node, ['originator', 'types', 'roles', 'purposes'])
  const originator = at(map, 'originator')
  return {
    originator: parseOin(text(originator), originator.path),
    types: texts(at(map, 'types')),
    roles: texts(at(map, 'roles')),
    purposes: texts(at(map, 'purposes')),
  }
}

function readMarks(node: Node): Agreement['marks'] {
  const limit = at(members(node, ['limit']), 'limit')
  return { limit: limit.value === null ? null : texts(limit) }
}

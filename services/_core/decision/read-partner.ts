import { parseEndpointUrn, parseOin } from '#core/ids.ts'
import { SIGNATURE_ALGORITHMS } from '#core/message/algorithms.ts'
import type { Endpoint, Partner } from './epoch.ts'
import {
  at,
  bad,
  flag,
  members,
  type Node,
  oneOf,
  openMembers,
  text,
  textOrNull,
  texts,
} from './read-json.ts'

/** contracts/partner/<id>.json, strictly. Throws `OPS_CONTROL`. */
export function readPartner(id: string, root: Node): Partner {
  const map = members(root, [
    'id',
    'oin',
    'name',
    'controller',
    'country',
    'via',
    'suspended',
    'algorithms',
    'endpoints',
  ])
  if (text(at(map, 'id')) !== id) bad(root, 'id differs from the file name')
  const oin = parseOin(text(at(map, 'oin')), at(map, 'oin').path)
  const algorithms = texts(at(map, 'algorithms'))
  if (algorithms.length === 0 || algorithms.some((name) => !SIGNATURE_ALGORITHMS.includes(name))) {
    bad(at(map, 'algorithms'), 'an algorithm is not supported')
  }
  const endpoints = [...openMembers(at(map, 'endpoints'))]
  if (endpoints.length === 0) bad(at(map, 'endpoints'), 'no endpoint')
  return {
    id,
    oin,
    name: text(at(map, 'name')),
    controller: text(at(map, 'controller')),
    country: text(at(map, 'country')),
    via: textOrNull(at(map, 'via')),
    suspended: flag(at(map, 'suspended')),
    algorithms,
    endpoints: endpoints.map(([name, node]) => readEndpoint(id, oin, name, node)),
  }
}

function readEndpoint(partner: string, oin: Partner['oin'], name: string, node: Node): Endpoint {
  const map = members(node, ['roles', 'task', 'regime', 'delivery'])
  const roles = texts(at(map, 'roles'))
  if (roles.length === 0) bad(at(map, 'roles'), 'no role')
  return {
    urn: parseEndpointUrn(`urn:nld:oin:${oin}:systeem:${name}`, node.path),
    oin,
    partner,
    name,
    roles,
    task: textOrNull(at(map, 'task')),
    regime: text(at(map, 'regime')),
    delivery: readDelivery(at(map, 'delivery')),
  }
}

function readDelivery(node: Node): Endpoint['delivery'] {
  const kind = oneOf(at(openMembers(node), 'kind'), ['inbox', 'push', 'kafka'])
  if (kind !== 'push') {
    members(node, ['kind'])
    return { kind }
  }
  const url = at(members(node, ['kind', 'url']), 'url')
  if (!URL.canParse(text(url)) || new URL(text(url)).protocol !== 'https:') bad(url, 'not an https address')
  return { kind, url: text(url) }
}

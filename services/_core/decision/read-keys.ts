import { createPublicKey } from 'node:crypto'
import type { ServiceKey } from './epoch.ts'
import { at, bad, members, type Node, openMembers, text } from './read-json.ts'

/** keys/<use>/<kid>.json `{kid, jwk, from, until}` (ms): a public key of the exchange. A private one is refused. */
export function readServiceKey(name: string, root: Node): ServiceKey {
  const map = members(root, ['kid', 'jwk', 'from', 'until'])
  const kid = text(at(map, 'kid'))
  if (kid !== name) bad(at(map, 'kid'), 'kid differs from the file name')
  const from = milliseconds(at(map, 'from'))
  const until = milliseconds(at(map, 'until'))
  if (until <= from) bad(at(map, 'until'), 'not after from')
  const jwk = Object.fromEntries(
    [...openMembers(at(map, 'jwk'))].map(([member, cell]) => [member, cell.value]),
  )
  if ('d' in jwk || 'k' in jwk) bad(at(map, 'jwk'), 'a private key')
  try {
    return { kid, publicKey: createPublicKey({ key: jwk, format: 'jwk' }), jwk, from, until }
  } catch {
    return bad(at(map, 'jwk'), 'not a public key')
  }
}

function milliseconds(node: Node): number {
  const { value } = node
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
    ? value
    : bad(node, 'not a time in ms')
}

import { type LookupAddress, lookup } from 'node:dns'
import { BlockList, isIP, type LookupFunction } from 'node:net'
import { Failure } from '#core/failure.ts'

/** IANA special-purpose ranges: nothing of ours, of the host or of the cloud underneath is an address of a partner. */
const SPECIAL: readonly (readonly [string, number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['::1', 128],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
]

const BLOCKED = new BlockList()
for (const [net, bits] of SPECIAL) BLOCKED.addSubnet(net, bits, net.includes(':') ? 'ipv6' : 'ipv4')

/** true for addresses of special-purpose ranges, IPv4-mapped ones included. */
export function isSpecialAddress(address: string): boolean {
  const family = isIP(address)
  return family === 0 || BLOCKED.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/**
 * The host of a push address, checked before anything is sent. `allowed`: hosts that may be special (a partner simulated on
 * this machine). Throws `OPS_DELIVERY`. Names are checked again by `guardedLookup`, on the very address that is dialled.
 */
export function checkPushUrl(url: string, allowed: ReadonlySet<string>): URL {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol !== 'https:' || parsed.username || parsed.password || parsed.hash)
    throw new Failure('OPS_DELIVERY', undefined, 'push address is not a plain https url')
  const host = parsed.hostname.replace(/^\[|\]$/g, '')
  if (isIP(host) !== 0 && isSpecialAddress(host) && !allowed.has(host))
    throw new Failure('OPS_DELIVERY', undefined, 'push address in a special-purpose range')
  return parsed
}

/** `lookup` for a socket: a name that resolves to a special address does not connect, whenever it is asked. */
export function guardedLookup(allowed: ReadonlySet<string>): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses: LookupAddress[]) => {
      if (error) return callback(error, '')
      const bad = addresses.length === 0 || addresses.some(({ address }) => isSpecialAddress(address))
      if (bad && !allowed.has(hostname)) return callback(new Failure('OPS_DELIVERY'), '')
      if (options.all) return callback(null, addresses)
      const [first] = addresses
      return callback(null, first?.address ?? '', first?.family)
    })
  }
}

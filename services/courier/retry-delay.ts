import { LIMITS } from '#core/limits.ts'
import type { Random } from '#core/ports/random.ts'

const LONGEST_MS = 300_000

/** `Retry-After` (RFC 9110 §10.2.3) in ms: seconds or an HTTP date; at most five minutes; undefined when it is neither. */
export function parseRetryAfter(text: string | undefined, now: number): number | undefined {
  if (text === undefined) return undefined
  const date = /^[0-9]{1,9}$/.test(text) ? now + Number(text) * 1000 : Date.parse(text)
  return Number.isNaN(date) ? undefined : Math.min(Math.max(0, date - now), LONGEST_MS)
}

/** Doubling from `LIMITS.pushBackoffMs`, with full jitter: between half and all of it. `attempt` counts from 1. */
export function backoffMs(attempt: number, random: Random): number {
  const ceiling = Math.min(LIMITS.pushBackoffMs * 2 ** (attempt - 1), LONGEST_MS)
  const chance = Buffer.from(random.bytes(4)).readUInt32BE(0) / 2 ** 32
  return Math.round(ceiling / 2 + (ceiling / 2) * chance)
}

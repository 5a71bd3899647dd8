import { describe, expect, it } from 'vitest'
import { TokenBuckets } from '#adapters/http/token-buckets.ts'
import { Places } from '#services/gateway/places.ts'
import { preferredWait } from '#services/gateway/wait-for.ts'

describe('places', () => {
  it('are no more than the most for each key, and come back', () => {
    const places = new Places(2)
    const first = places.take('a')
    expect([places.take('a') !== undefined, places.take('a'), places.take('b') !== undefined]).toEqual([
      true,
      undefined,
      true,
    ])
    first?.()
    expect([places.take('a') !== undefined, places.take('a')]).toEqual([true, undefined])
  })
})

describe('token buckets', () => {
  it('fill by the clock, never beyond the burst, and a clock that goes back gives nothing', () => {
    let now = 0
    const buckets = new TokenBuckets({ now: () => now, sleep: async () => {} }, 10, 2)
    const take = (count: number) =>
      Array.from({ length: count }, () => buckets.take('a')).filter(Boolean).length
    expect(take(5)).toBe(2)
    now = 100
    expect(take(5)).toBe(1)
    now = 60_000
    expect(take(5)).toBe(2)
    now = 0
    expect(take(5)).toBe(0)
  })
})

describe('Prefer', () => {
  it.each([
    [undefined, 0],
    ['wait=5', 5],
    ['respond-async, wait=7', 7],
    ['wait=500', 30],
    ['wait=-1', 0],
    ['wait=1e3', 0],
    ['nowait=5', 0],
    ['wait=', 0],
  ])('%s is %i seconds', (prefer, seconds) => {
    expect(preferredWait(prefer, 30)).toBe(seconds)
  })
})

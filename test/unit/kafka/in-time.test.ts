import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { inTime } from '#adapters/kafka/in-time.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('what is waited for, but not for ever', () => {
  it('fails when it does not end in time', async () => {
    const waiting = inTime(new Promise(() => undefined), 1_000)
    const refused = expect(waiting).rejects.toThrow()
    await vi.advanceTimersByTimeAsync(1_000)
    await refused
  })

  it('fails with what it failed with, and leaves no timer', async () => {
    await expect(inTime(Promise.reject(new RangeError('its own')), 1_000)).rejects.toThrow(RangeError)
    expect(vi.getTimerCount()).toBe(0)
  })

  it('gives what came', async () => {
    expect(await inTime(Promise.resolve(7), 1_000)).toBe(7)
    expect(vi.getTimerCount()).toBe(0)
  })
})

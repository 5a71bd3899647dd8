import { describe, expect, it } from 'vitest'
import { SchakelError } from '#sdk/sdk-error.ts'
import { backoff, RETRY, withRetry } from '#sdk/with-retry.ts'

function ports() {
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms)
  }
  return {
    slept,
    clock: { now: () => 0, sleep },
    random: { bytes: (count: number) => Buffer.alloc(count, 0xff) },
  }
}

const again = (retryAfter: number | null = null) =>
  new SchakelError('OPS_LOG_UNAVAILABLE', { retryable: true, retryAfter })

describe('retries', () => {
  it('does not try again what cannot succeed, nor what is a bug', async () => {
    for (const error of [new SchakelError('MSG_SIZE'), new TypeError('x')]) {
      const stage = ports()
      let tries = 0
      const task = async () => {
        tries += 1
        throw error
      }
      await expect(withRetry(stage, RETRY, task)).rejects.toBe(error)
      expect(tries).toBe(1)
      expect(stage.slept).toEqual([])
    }
  })

  it('ends after the tries are used up, with the last error', async () => {
    const stage = ports()
    const errors = Array.from({ length: RETRY.attempts }, () => again())
    let tries = 0
    const task = async () => {
      throw errors[tries++]
    }
    await expect(withRetry(stage, RETRY, task)).rejects.toBe(errors.at(-1))
    expect(stage.slept).toHaveLength(RETRY.attempts - 1)
    expect(Math.max(...stage.slept)).toBeLessThanOrEqual(RETRY.capMs)
    expect(stage.slept).toEqual(stage.slept.toSorted((a, b) => a - b))
  })

  it('stops when the signal aborts', async () => {
    const signal = AbortSignal.abort()
    await expect(withRetry(ports(), RETRY, () => Promise.reject(again()), signal)).rejects.toMatchObject({
      retryable: true,
    })
  })

  it('gives the result of the first success', async () => {
    let tries = 0
    const task = async () => {
      tries += 1
      if (tries < 3) throw again()
      return 'done'
    }
    expect(await withRetry(ports(), RETRY, task)).toBe('done')
  })

  it('waits as long as asked, up to the cap, with jitter', () => {
    expect(backoff(RETRY, 1, 0, null)).toBe(0)
    expect(backoff(RETRY, 1, 0, 1_000)).toBe(1_000)
    expect(backoff(RETRY, 1, 0, 600_000)).toBe(RETRY.capMs)
    expect(backoff(RETRY, 3, 0.5, null)).toBe(400)
  })
})

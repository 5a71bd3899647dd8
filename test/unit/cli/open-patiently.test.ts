import { describe, expect, it } from 'vitest'
import { Failure, type FailureCode } from '#core/failure.ts'
import { openPatiently } from '#services/cli/running/open-patiently.ts'

function world() {
  let now = 0
  const waited: string[] = []
  const stop = new AbortController()
  const patience = {
    clock: {
      now: () => now,
      sleep: async (ms: number) => {
        now += ms
      },
    },
    signal: stop.signal,
    waits: ({ code }: Failure) => void waited.push(code),
  }
  return { patience, waited, stop, now: () => now }
}

const failing = (code: FailureCode, times = Number.POSITIVE_INFINITY) => {
  let tries = 0
  return async () => {
    tries += 1
    if (tries <= times) throw new Failure(code)
    return tries
  }
}

describe('a service that starts before its stores', () => {
  it.each(['OPS_LOG', 'OPS_DATA', 'OPS_CONFIG', 'BUG_UNEXPECTED'] as const)(
    'ends at once for %s: waiting mends nothing',
    async (code) => {
      const { patience, waited } = world()
      await expect(openPatiently(failing(code), patience)).rejects.toMatchObject({ code })
      expect(waited).toEqual([])
    },
  )

  it('gives up after a minute, with the last failure', async () => {
    const { patience, now } = world()
    const opening = openPatiently(failing('OPS_KEY_STORE'), patience)
    await expect(opening).rejects.toMatchObject({ code: 'OPS_KEY_STORE' })
    expect(now()).toBeGreaterThanOrEqual(60_000)
  })

  it('does not wait when it is stopped', async () => {
    const { patience, waited, stop } = world()
    stop.abort()
    await expect(openPatiently(failing('OPS_REGISTRY'), patience)).rejects.toMatchObject({
      code: 'OPS_REGISTRY',
    })
    expect(waited).toEqual([])
  })

  it('waits for them, and goes on', async () => {
    const { patience, waited } = world()
    expect(await openPatiently(failing('OPS_LOG_UNAVAILABLE', 3), patience)).toBe(4)
    expect(waited.length).toBe(3)
  })
})

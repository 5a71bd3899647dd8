import { describe, expect, it } from 'vitest'
import { LIMITS } from '#core/limits.ts'
import { ClockGuard } from '#services/exchange/clock-guard.ts'

function guarded() {
  const time = { now: 1_800_000_000_000 }
  const guard = new ClockGuard({ now: () => time.now, sleep: async () => undefined })
  return { time, guard }
}

describe('the clock guard', () => {
  it('refuses a clock more than 2 s behind the last outcome', () => {
    const { time, guard } = guarded()
    expect(guard.now(time.now + LIMITS.clockSkewMs)).toBe(time.now)
    expect(() => guard.now(time.now + LIMITS.clockSkewMs + 1)).toThrow('OPS_CLOCK')
  })

  it('takes an append time within 2 s of both the question and the answer, and no other', () => {
    const cases = [
      [0, 0, true],
      [0, 2_000, true],
      [0, -2_000, true],
      [0, 2_001, false],
      [0, -2_001, false],
      [3_000, 1_500, true],
      // A slow answer: the append may have been at any time, so it proves nothing.
      [9_000, 8_000, false],
      [9_000, 1_000, false],
    ] as const
    for (const [took, at, fits] of cases) {
      const { time, guard } = guarded()
      const before = time.now
      time.now += took
      expect([took, at, guard.compare(before, before + at)]).toEqual([took, at, fits])
      expect(guard.needsProbe()).toBe(!fits)
    }
  })

  it('asks for a probe first, after a bad comparison, after ten minutes, and when the clock went back', () => {
    const { time, guard } = guarded()
    expect(guard.needsProbe()).toBe(true)
    guard.compare(time.now, time.now)
    time.now += LIMITS.clockComparedMs
    expect(guard.needsProbe()).toBe(false)
    time.now += 1
    expect(guard.needsProbe()).toBe(true)
    guard.compare(time.now, time.now)
    time.now -= 1
    expect(guard.needsProbe()).toBe(true)
    guard.compare(time.now, time.now)
    guard.compare(time.now, time.now + 5_000)
    expect(guard.needsProbe()).toBe(true)
  })
})

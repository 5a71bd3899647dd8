import { describe, expect, it } from 'vitest'
import { drawTop } from '#services/cli/top/draw-top.ts'
import type { TopState } from '#services/cli/top/top-state.ts'

const NOW = Date.UTC(2026, 10, 24, 12)
const sixteen = (value: number): number[] => Array(16).fill(value)
const state = (more: Partial<TopState> = {}): TopState => ({
  at: NOW,
  services: [
    { name: 'gateway-a', status: 'ok', reasons: [] },
    { name: 'exchange-a', status: 'unavailable', reasons: ['OPS_CONTROL', 'OPS_LOG_UNAVAILABLE'] },
  ],
  epoch: { newest: 12_345, inForce: sixteen(12_345) },
  lag: sixteen(1_234_567),
  voids: sixteen(99_999),
  verdicts: Array.from({ length: 40 }, (_, n) => ({
    verdict: 'permit-redacted',
    code: `A_VERY_LONG_REASON_CODE_THAT_GOES_ON_${n}`,
    minute: 123_456,
    ten: 1_234_567,
    hour: 12_345_678,
    all: 123_456_789,
  })),
  handoffs: { held: 3, sealed: 2, delivered: 1_000_000, refused: 5, expired: 7, recalled: 9 },
  holds: {
    hour: 1,
    day: 2,
    week: 3,
    older: 4,
    next: [
      {
        handoff: 'ho-15-123456-00000000000000aa',
        type: 'judicial.conviction.requested.long',
        deadline: NOW - 1,
      },
    ],
  },
  parked: 2,
  parkedAt: [],
  hours: [],
  expired: 7,
  ledger: { size: 12_345_678, lag: 12_345, ageMs: 120_000 },
  since: NOW,
  ...more,
})

describe('schakel top', () => {
  it('fits 80 columns, says with ! what must be looked at, and has no escape without colour', () => {
    const lines = drawTop(state(), { color: false })
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThanOrEqual(80)
    expect(lines.join('')).not.toContain('\x1b')
    const marked = lines.filter((line) => line.endsWith('!')).map((line) => line.split(' ')[0])
    expect(marked).toEqual(expect.arrayContaining(['lag', 'holds', 'next', 'parked', 'ledger']))
    expect(lines.find((line) => line.includes('exchange-a'))).toMatch(/OPS_CONTROL .*!$/)
  })

  it('gives way in the table of verdicts to stay within the screen', () => {
    const lines = drawTop(state(), { color: false, rows: 24 })
    expect(lines.length).toBeLessThanOrEqual(24)
    expect(lines.some((line) => /… \d+ more/.test(line))).toBe(true)
  })

  it('colours only what it must', () => {
    const calm = state({
      services: [{ name: 'all', status: 'ok', reasons: [] }],
      lag: sixteen(0),
      holds: { hour: 0, day: 0, week: 0, older: 0, next: [] },
      parked: 0,
      ledger: { size: 1, lag: 0, ageMs: null },
    })
    expect(drawTop(calm, { color: true }).filter((line) => line.includes('\x1b[31m'))).toEqual([])
    expect(drawTop(state(), { color: true }).some((line) => line.startsWith('\x1b[31m'))).toBe(true)
  })
})

import { describe, expect, it } from 'vitest'
import { type Effort, quantile } from '../../bench/figure.ts'
import { FULL, MEASUREMENTS, QUICK } from '../../bench/measurements.ts'

const TINY: Effort = {
  decideRounds: 2,
  pipelineRounds: 1,
  pipelineBatch: 2,
  handoffs: 2,
  alerts: 2,
  bulkInFlight: 2,
  replayMessages: 3,
  ledgerOutcomes: 10,
  proofs: 2,
  shareRounds: 1,
  shareMessages: 16,
  screenEntries: 1_000,
  screenFlights: 2,
  memoryAfter: [8, 16],
}

/** Issue 4 §10: what outside checks read. */
const UNITS: Readonly<Record<string, string>> = {
  decide_us: 'µs',
  pipeline_vs_crypto: 'ratio',
  handoff_added_ms_p50: 'ms',
  handoff_added_ms_p99: 'ms',
  alert_to_stream_ms_p99: 'ms',
  replay_per_s: 'decisions',
  replay_alone_per_s: 'decisions',
  ledger_leaves_per_s: 'leaves',
  time_to_proof_ms_p99: 'ms',
  two_processes_vs_one: 'ratio',
  screen_300_vs_1m_ms: 'ms',
  rss_mb_after_10k: 'MB',
  rss_mb_after_100k: 'MB',
}

/** A run of another size must not bear the name of the real one. */
const OTHER_SIZE: Readonly<Record<string, readonly string[]>> = {
  rss_mb_after_10k: ['rss_mb_after_8', 'rss_mb_after_16'],
  screen_300_vs_1m_ms: ['screen_300_vs_1000_ms'],
}

describe('quantiles', () => {
  it('refuse to say anything of nothing', () => {
    expect(() => quantile([], 0.5)).toThrow()
  })
  it('are measured values, by nearest rank', () => {
    const values = Array.from({ length: 100 }, (_, n) => 100 - n)
    expect([quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1), quantile([7], 0.99)]).toEqual(
      [50, 99, 100, 7],
    )
  })
})

describe('the bench', () => {
  it('knows every figure that it owes, and promises memory only of full runs', () => {
    const names = MEASUREMENTS.flatMap((one) => one.names)
    expect(names).toEqual(expect.arrayContaining(Object.keys(UNITS)))
    expect(new Set(names).size).toBe(names.length)
    expect([FULL.memoryAfter, QUICK.memoryAfter]).toEqual([[10_000, 100_000], []])
    expect(FULL.replayMessages).toBeGreaterThanOrEqual(1_500)
  })

  for (const { names, run } of MEASUREMENTS) {
    it(`still measures ${names.join(', ')}`, { timeout: 120_000 }, async () => {
      const figures = await run(TINY, () => undefined)
      expect(figures.map((one) => one.name)).toEqual(OTHER_SIZE[names[0] ?? ''] ?? names)
      for (const { name, value, unit, of, per, note } of figures) {
        expect(Number.isFinite(value)).toBe(true)
        expect(unit).toBe(UNITS[name] ?? (names[0] && OTHER_SIZE[names[0]] ? UNITS[names[0]] : 'ratio'))
        for (const text of [of, per]) expect(text === undefined || text.length > 0).toBe(true)
        expect(note).not.toBe('')
      }
    })
  }
})

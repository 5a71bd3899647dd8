/** Two minutes under fire, on real Kafka: kill -9, pauses, rivals; then every question of the judge. */
import { describe, expect, it } from 'vitest'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { drawReport } from '../soak/draw-report.ts'
import { parseOptions } from '../soak/options.ts'
import { runSoak } from '../soak/run-soak.ts'
import { notRun } from '../support/kafka.ts'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 2)
/** Small machines, and others beside it: how much is bounded, not how long it may take; the end waits for as long as anything moves. */
const RATE = 10
const KILLS = 12
/** The same faults at the same moments each time; `npm run soak` draws a seed of its own. */
const SEED = Number(process.env['SOAK_SEED'] ?? 20_261_125)
/** Only so that a hung machine ends: nothing is judged by time. */
const LIMIT_MS = MINUTES * 60_000 + 1_800_000

const reason = await whyNoJars()
if (reason !== undefined) notRun(reason)

describe.runIf(reason === undefined)('soak', { timeout: LIMIT_MS }, () => {
  it(`has no anomaly in ${MINUTES} minutes (seed ${SEED})`, async () => {
    const bounds = { minutes: MINUTES, rate: RATE, kills: KILLS, messages: RATE * MINUTES * 60, exchanges: 2 }
    const argv = Object.entries(bounds).flatMap(([name, value]) => [`--${name}`, String(value)])
    const report = await runSoak(parseOptions([...argv, '--seed', String(SEED)], SEED), () => undefined)
    process.stderr.write(`${drawReport(report).join('\n')}\n`)
    expect(report.judgement.anomalies.examples).toEqual([])
    expect(report.judgement.anomalies.total).toBe(0)
    expect(report.kills).toBeGreaterThan(0)
    expect(report.counts.acknowledged).toBeGreaterThan(0)
    expect(report.counts.delivered).toBeGreaterThan(0)
  })
})

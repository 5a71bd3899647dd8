/** Two minutes under fire, on real Kafka: kill -9, pauses, late and lost answers, rivals; then every question of the judge. */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { drawReport } from '../soak/draw-report.ts'
import { parseOptions } from '../soak/options.ts'
import { runSoak } from '../soak/run-soak.ts'
import { notRun } from '../support/kafka.ts'

const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 2)
/** Small machines and others beside it: a rate that is kept, so that the end comes soon after the fire. */
const RATE = Number(process.env['SOAK_RATE'] ?? 25)
const SEED = Number(process.env['SOAK_SEED'] ?? randomBytes(4).readUInt32BE())
const LIMIT_MS = MINUTES * 60_000 + 900_000

const reason = await whyNoJars()
if (reason !== undefined) notRun(reason)

describe.runIf(reason === undefined)('soak', { timeout: LIMIT_MS }, () => {
  it(`has no anomaly in ${MINUTES} minutes (seed ${SEED})`, async () => {
    const argv = ['--minutes', String(MINUTES), '--rate', String(RATE), '--seed', String(SEED)]
    const report = await runSoak(parseOptions(argv, SEED), () => undefined)
    const table = drawReport(report)
    process.stderr.write(`${table.join('\n')}\n`)
    expect(report.judgement.anomalies.examples).toEqual([])
    expect(report.judgement.anomalies.total).toBe(0)
    expect(report.kills).toBeGreaterThan(0)
    expect(report.counts.acknowledged).toBeGreaterThan(0)
  })
})

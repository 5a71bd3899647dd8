/**
 * The whole product while its stores go away one after the other and its exchanges change: full disks under a broker and under an exchange,
 * PostgreSQL and the registry killed and away for a while, two exchanges that become three and two again, and one that believes that all
 * is its own. The judge is that of the soak: fsck, audit, replay, and what clients saw.
 */
import { describe, expect, it } from 'vitest'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { drawReport } from '../soak/draw-report.ts'
import { parseOptions } from '../soak/options.ts'
import { runSoak } from '../soak/run-soak.ts'
import type { Scheduled } from '../soak/schedule.ts'
import { whyNoSmallDisks } from '../soak/small-disk.ts'
import { notRun } from '../support/kafka.ts'

const SEED = 20_261_125
/** Only so that a hung machine ends: nothing is judged by time. */
const LIMIT_MS = 1_800_000

const reason = await whyNoJars()
if (reason !== undefined) notRun(reason)
const noDisks = reason === undefined ? await whyNoSmallDisks() : undefined
if (noDisks !== undefined) process.stderr.write(`NOT RUN: full disks: ${noDisks}\n`)

const away: readonly Scheduled[] = [
  { at: 6_000, fault: { kind: 'down', target: 'postgres', ms: 6_000 } },
  { at: 14_000, fault: { kind: 'down', target: 'registry', ms: 15_000 } },
  // Starts while the registry is away.
  { at: 17_000, fault: { kind: 'kill', target: 'exchange-b' } },
]
const changing: readonly Scheduled[] = [
  { at: 5_000, fault: { kind: 'join', ms: 25_000 } },
  { at: 34_000, fault: { kind: 'leave', target: 'exchange-a' } },
  { at: 20_000, fault: { kind: 'rival', ms: 20_000 } },
]
const full: readonly Scheduled[] = [
  { at: 6_000, fault: { kind: 'full', target: 'exchange-a', ms: 10_000 } },
  { at: 22_000, fault: { kind: 'full', target: 'broker-0', ms: 10_000 } },
]

async function under(script: readonly Scheduled[], disks: boolean) {
  const argv = ['--minutes', '1', '--rate', '8', '--messages', '480', '--exchanges', '2']
  const report = await runSoak({ ...parseOptions(argv, SEED), script, disks }, () => undefined)
  process.stderr.write(`${drawReport(report).join('\n')}\n`)
  expect(report.judgement.anomalies.examples).toEqual([])
  expect(report.judgement.anomalies.total).toBe(0)
  expect(report.done.missed).toBe(0)
  expect(report.counts.delivered).toBeGreaterThan(0)
  return report.done
}

describe.runIf(reason === undefined)('the whole product', { timeout: LIMIT_MS }, () => {
  it('has no anomaly when PostgreSQL and the registry are away', async () => {
    expect(await under(away, false)).toMatchObject({ downs: 2 })
  })

  it('has no anomaly when exchanges come, go, and believe that all is theirs', async () => {
    expect(await under(changing, false)).toMatchObject({ joined: 1, leaves: 1, rivals: 1 })
  })

  it.runIf(noDisks === undefined)('has no anomaly when disks are full', async () => {
    expect(await under(full, true)).toMatchObject({ fullDisks: 2 })
  })
})

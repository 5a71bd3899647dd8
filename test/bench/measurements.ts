/** Every measurement of the bench, by the figures it yields. */
import { measureAlerts } from './alert-latency.ts'
import { measureDecide } from './decide.ts'
import type { Effort, Measured, Progress } from './figure.ts'
import { measureHandoffs } from './handoff-latency.ts'
import { ledgerLeavesPerSecond } from './ledger-leaves.ts'
import { measureMemory } from './memory.ts'
import { measurePipeline } from './pipeline.ts'
import { measureReplay } from './replay-speed.ts'
import { measureScreening } from './screening.ts'
import { measureProofs } from './time-to-proof.ts'
import { measureTwoProcesses } from './two-processes.ts'

export interface Measurement {
  readonly names: readonly string[]
  run(effort: Effort, progress: Progress): Promise<readonly Measured[]>
}

/** Memory last: it takes longest. */
export const MEASUREMENTS: readonly Measurement[] = [
  { names: ['decide_us'], run: async ({ decideRounds }) => measureDecide(decideRounds) },
  {
    names: ['pipeline_vs_crypto', 'pipeline_vs_crypto_5ms_blocks'],
    run: (effort, progress) =>
      measurePipeline({ rounds: effort.pipelineRounds, batch: effort.pipelineBatch }, progress),
  },
  {
    names: ['handoff_added_ms_p50', 'handoff_added_ms_p99'],
    run: (effort, progress) => measureHandoffs(effort.handoffs, progress),
  },
  {
    names: ['alert_to_stream_ms_p99'],
    run: (effort, progress) =>
      measureAlerts({ alerts: effort.alerts, inFlight: effort.bulkInFlight }, progress),
  },
  {
    names: ['replay_per_s', 'replay_alone_per_s'],
    run: (effort, progress) => measureReplay(effort.replayMessages, progress),
  },
  {
    names: ['ledger_leaves_per_s'],
    run: async ({ ledgerOutcomes }) => [
      {
        name: 'ledger_leaves_per_s',
        value: await ledgerLeavesPerSecond(ledgerOutcomes),
        unit: 'leaves',
        per: 's',
        note: `${ledgerOutcomes * 8} leaves, from the log to signed checkpoints and tiles on disk`,
      },
    ],
  },
  {
    names: ['time_to_proof_ms_p99'],
    run: (effort, progress) => measureProofs(effort.proofs, progress),
  },
  {
    names: ['two_processes_vs_one'],
    run: (effort, progress) =>
      measureTwoProcesses({ rounds: effort.shareRounds, messages: effort.shareMessages }, progress),
  },
  {
    names: ['screen_300_vs_1m_ms'],
    run: (effort, progress) =>
      measureScreening({ entries: effort.screenEntries, flights: effort.screenFlights }, progress),
  },
  {
    names: ['rss_mb_after_10k', 'rss_mb_after_100k'],
    run: (effort, progress) => measureMemory(effort.memoryAfter, progress),
  },
]

export const FULL: Effort = {
  decideRounds: 200,
  pipelineRounds: 12,
  pipelineBatch: 64,
  handoffs: 500,
  alerts: 120,
  bulkInFlight: 16,
  replayMessages: 1_500,
  ledgerOutcomes: 5_000,
  proofs: 200,
  shareRounds: 5,
  shareMessages: 1_024,
  screenEntries: 1_000_000,
  screenFlights: 50,
  memoryAfter: [10_000, 100_000],
}

/** Less of everything, and only figures whose names stay true: no memory. */
export const QUICK: Effort = {
  ...FULL,
  decideRounds: 30,
  pipelineRounds: 3,
  handoffs: 60,
  alerts: 30,
  replayMessages: 300,
  ledgerOutcomes: 1_000,
  proofs: 30,
  shareRounds: 1,
  shareMessages: 256,
  screenFlights: 20,
  memoryAfter: [],
}

import { openDecisions } from '#core/handoff/archive.ts'
import type { Outcome } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { chainSteps, outcomesChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import { type LdvLine, ldvLine } from './log-line.ts'

export interface LdvPorts {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly keys: Pick<KeyStore, 'get'>
  readonly caseOf: (handoff: HandoffId) => string | undefined
}

export interface LdvRange {
  /** ms; inclusive. */
  readonly from: number
  /** ms; exclusive. */
  readonly to: number
}

/** `decisions` are counted by their ledger leaves, `lines` by what was written: they are equal or something is missing. */
export interface LdvReport {
  readonly decisions: number
  readonly lines: number
  readonly outcomes: number
  /** Outcomes whose records could not be read (key gone: the logging term is over) or are not as many as their leaves. */
  readonly gaps: readonly {
    readonly partition: number
    readonly seq: number
    readonly leaves: number
    readonly records: number | null
  }[]
}

async function linesOf(ports: LdvPorts, partition: number, outcome: Outcome) {
  if (!outcome.decisions) return { lines: [], records: outcome.leaves.length === 0 ? 0 : null }
  const records = await openDecisions(ports.keys, outcome.decisions, { partition, seq: outcome.seq })
  const key = records && (await ports.keys.get(outcome.decisions.keyId))
  if (!key) return { lines: [], records: null }
  const lines = records.map((record, n) => {
    const caseRef = record.handoff === null ? undefined : ports.caseOf(record.handoff)
    return ldvLine(record, { partition, seq: outcome.seq, n, caseRef }, key.bytes)
  })
  return { lines, records: records.length }
}

/**
 * Every decision record of a period as a processing record, partition by partition in the order of the log. The chain proves that no
 * outcome was left out, and each outcome's leaves say how many records it must hold. `write` is awaited: the logbook
 * acknowledges each line before the next.
 */
export async function exportLdv(
  ports: LdvPorts,
  range: LdvRange,
  write: (line: LdvLine) => void | Promise<void>,
): Promise<LdvReport> {
  const chain = outcomesChain(ports.codecs)
  const gaps: LdvReport['gaps'][number][] = []
  let [decisions, written, outcomes] = [0, 0, 0]
  for (let partition = 0; partition < LIMITS.partitions; partition += 1) {
    for await (const { record: outcome } of chainSteps(ports.log, chain, partition)) {
      if (outcome.at < range.from) continue
      // `at` never falls along a chain.
      if (outcome.at >= range.to) break
      outcomes += 1
      const { lines, records } = await linesOf(ports, partition, outcome)
      decisions += outcome.leaves.length
      if (records !== outcome.leaves.length)
        gaps.push({ partition, seq: outcome.seq, leaves: outcome.leaves.length, records })
      for (const line of lines) await write(line)
      written += lines.length
    }
  }
  return { decisions, lines: written, outcomes, gaps }
}

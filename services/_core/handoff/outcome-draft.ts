import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { makeLeaf } from '#core/ledger/leaf.ts'
import type { KeyRow } from '#core/ports/key-store.ts'
import { sealDecisions } from './archive.ts'
import type { Evaluation, EvaluationContext } from './evaluator.ts'
import type { Answer, Effect, Sealed, Seen } from './outcome.ts'

/** What a record says besides the ids and the salt, which the draft adds. */
export type RecordPart = Omit<
  DecisionRecord,
  'trace_id' | 'span_id' | 'event_name' | 'timestamp' | 'epoch' | 'salt' | 'versions'
>

export interface Parties {
  readonly from: EndpointUrn | null
  readonly to: EndpointUrn | null
  readonly type: string | null
}

const NO_PARTIES: Parties = { from: null, to: null, type: null }

/** Collects the effects of one outcome, a decision record and a ledger leaf for each, in order (n = index). */
export class OutcomeDraft {
  readonly context: EvaluationContext
  readonly #traceId: string
  readonly #effects: Effect[] = []
  readonly #records: DecisionRecord[] = []
  readonly #parties: Parties[] = []
  readonly #keyRows: KeyRow[] = []
  archive: Sealed | null = null
  seen: Seen | null = null
  submitter: string | null = null
  outerId: string | null = null

  constructor(context: EvaluationContext) {
    this.context = context
    this.#traceId = this.#hex(16)
  }

  get effects(): readonly Effect[] {
    return this.#effects
  }

  get records(): readonly DecisionRecord[] {
    return this.#records
  }

  #hex(count: number): string {
    return Buffer.from(this.context.random.bytes(count)).toString('hex')
  }

  add(effect: Effect, part: RecordPart, parties: Parties): void {
    this.#effects.push(effect)
    this.record(part, parties)
  }

  /** A fact without an effect: a refused message. */
  record(part: RecordPart, parties: Parties = NO_PARTIES): void {
    const { at, epoch, random } = this.context
    this.#records.push({
      ...part,
      trace_id: this.#traceId,
      span_id: this.#hex(8),
      event_name: part.verdict ? 'adl.access_evaluation' : 'schakel.state_change',
      timestamp: at,
      epoch: epoch.number,
      versions: part.verdict ? epoch.versions : null,
      salt: Buffer.from(random.bytes(32)).toString('base64url'),
    })
    this.#parties.push(parties)
  }

  keep(row: KeyRow): void {
    this.#keyRows.push(row)
  }

  /** At least the bytes that its outcome will take. */
  get size(): number {
    let size = this.archive?.bytes.length ?? 0
    for (const effect of this.#effects) if ('sealed' in effect) size += effect.sealed?.length ?? 0
    return size
  }

  async finish(answer: Answer): Promise<Evaluation> {
    const { partition, seq } = this.context
    const leaves = this.#records.map((record, n) =>
      makeLeaf({ partition, seq, n, record, ...(this.#parties[n] ?? NO_PARTIES) }),
    )
    return {
      answer,
      submitter: this.submitter,
      outerId: this.outerId,
      seen: this.seen,
      effects: this.#effects,
      archive: this.archive,
      decisions: await sealDecisions(this.context, this.#records),
      leaves,
      keyRows: this.#keyRows,
    }
  }
}

export const answered = (
  kind: Answer['kind'],
  code: string | null = null,
  pointer: string | null = null,
): Answer => ({
  kind,
  code,
  pointer,
  repeatOf: null,
})

import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Said } from '#core/duty/follow-duties.ts'
import type { DutyEvent } from '#core/duty/start-duties.ts'
import type { EndpointUrn, HandoffId } from '#core/ids.ts'
import { makeLeaf } from '#core/ledger/leaf.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { KeyRow } from '#core/ports/key-store.ts'
import { sealDecisions } from './archive.ts'
import type { Evaluation, EvaluationContext } from './evaluator.ts'
import type { Answer, DutyChange, Effect, Erased, Sealed, Seen } from './outcome.ts'
import { ofSameMessage } from './same-message.ts'
import { settleDuties } from './settle-duties.ts'

/** What a record says besides the ids and the salt, which the draft adds. */
export type RecordPart = Omit<
  DecisionRecord,
  'trace_id' | 'span_id' | 'event_name' | 'timestamp' | 'epoch' | 'salt' | 'versions'
>

/** What a fact about a hand-off says that decides nothing. */
export const decidesNothing = (
  handoff: HandoffId,
  state: RecordPart['state'],
  cause: string,
  sdHash: string | null,
): RecordPart => ({ handoff, state, cause, question: null, verdict: null, message: null, sdHash })

export const partiesOfRow = ({ from, to, type }: HandoffRow): Parties => ({ from, to, type })

export interface Parties {
  readonly from: EndpointUrn | null
  readonly to: EndpointUrn | null
  readonly type: string | null
}

const NO_PARTIES: Parties = { from: null, to: null, type: null }

/** Collects the effects and duties of one outcome, a decision record and a ledger leaf for each, in order (n = index). */
export class OutcomeDraft {
  readonly context: EvaluationContext
  readonly #traceId: string
  readonly #effects: Effect[] = []
  readonly #duties: DutyChange[] = []
  readonly #said: Said[] = []
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

  /** A message that counts for duties that are there: permitted, or for the exchange itself. */
  say(said: Said): void {
    this.#said.push(said)
  }

  /** A duty's change is a fact like any other: a record and a leaf of its own. */
  addDuty({ change, since }: DutyEvent, parties: Parties): void {
    this.#duties.push(change)
    const { handoff, ...duty } = change
    this.record(
      {
        ...decidesNothing(handoff, 'duty', `${change.change}:${change.duty}`, null),
        duty: { ...duty, since },
      },
      parties,
    )
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

  #settle(): void {
    const { epoch, at, fold } = this.context
    const effects = this.#effects
    const happened = { said: this.#said, effects, epoch, at, reach: (erased: Erased) => this.#reach(erased) }
    for (const event of settleDuties(happened, fold)) {
      const row = fold.handoff(event.change.handoff)
      this.addDuty(event, row ? partiesOfRow(row) : NO_PARTIES)
    }
  }

  /** What was made and erased in this very outcome is not in the fold, and began no duty. */
  #reach({ handoff, scope }: Erased): readonly HandoffRow[] {
    const { fold } = this.context
    const row = fold.handoff(handoff)
    if (!row) return []
    return scope === 'case' ? fold.ofCase(row.caseRef) : ofSameMessage(fold, row)
  }

  /** Settles duties, makes the leaves and seals the records: nothing is added after it. */
  async finish(answer: Answer): Promise<Evaluation> {
    this.#settle()
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
      duties: this.#duties,
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

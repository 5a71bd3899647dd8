import { approvalAsks } from '#core/decision/approvers.ts'
import { decide } from '#core/decision/decide.ts'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { judgeApprovals, NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import { openDecisions } from '#core/handoff/archive.ts'
import type { NewHandoff, Outcome } from '#core/handoff/outcome.ts'
import { type Decided, decideApprovalRequest, decideApproved, decideHandoff } from '#core/handoff/stages.ts'
import type { HandoffId } from '#core/ids.ts'
import { chainSteps, outcomesChain } from '#core/log/chain.ts'
import type { Verified } from '#core/message/content.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import { differenceOf, membersChanged } from './compare.ts'
import { ContentReader, type Reopened } from './content.ts'
import { DutyReplay } from './duty-replay.ts'
import { isInTime, isUnrestricted, isWanted, type Matter, type ReplayFilter } from './filter.ts'
import { type HeldRow, HeldRows } from './held-rows.ts'
import { InboundTimes } from './inbound-times.ts'
import { effectDifference, isPartnersWord } from './judge-effect.ts'
import { refusalDifference } from './judge-refusal.ts'
import { withSharedKeys } from './shared-keys.ts'
import type { EpochSource, ReplayStore } from './store.ts'
import type { ReplayTally, Where } from './tally.ts'

/** One outcome being replayed. */
interface Frame {
  readonly outcome: Outcome
  readonly records: readonly DecisionRecord[]
  readonly created: ReadonlyMap<HandoffId, NewHandoff>
  readonly epoch: Epoch
  readonly proposed: Epoch | undefined
  /** The outcome's own message, opened when first needed. */
  message?: Reopened
}

/** One partition from its beginning to its end, remembering open holds only. */
export class PartitionReplay {
  readonly #store: ReplayStore
  readonly #partition: number
  readonly #filter: ReplayFilter
  readonly #proposed: EpochSource | undefined
  readonly #tally: ReplayTally
  readonly #held = new HeldRows()
  readonly #duties = new DutyReplay()
  readonly #times: InboundTimes
  readonly #content: ContentReader
  readonly #keys: Pick<KeyStore, 'get'>

  constructor(
    store: ReplayStore,
    partition: number,
    filter: ReplayFilter,
    proposed: EpochSource | undefined,
    tally: ReplayTally,
  ) {
    this.#store = store
    this.#partition = partition
    this.#filter = filter
    this.#proposed = proposed
    this.#tally = tally
    this.#times = new InboundTimes(store.log, store.codecs, partition)
    this.#keys = withSharedKeys(store.keys)
    this.#content = new ContentReader(this.#keys)
  }

  async run(): Promise<void> {
    const chain = outcomesChain(this.#store.codecs)
    for await (const { record: outcome } of chainSteps(this.#store.log, chain, this.#partition)) {
      if (outcome.answer.kind === 'parked') this.#times.park(outcome.seq, outcome.at)
      if (outcome.effects.length === 0 && !outcome.decisions && outcome.answer.kind !== 'decided') continue
      const place = { partition: this.#partition, seq: outcome.seq }
      const records = outcome.decisions && (await openDecisions(this.#keys, outcome.decisions, place))
      this.#held.enter(outcome, records ?? [])
      await this.#replayDuties(outcome)
      if (!isInTime(this.#filter, outcome.at)) continue
      if (outcome.decisions && !records) this.#attest(outcome)
      else await this.#replay(outcome, records ?? [])
      if (isUnrestricted(this.#filter)) await this.#judgeAnswer(outcome)
    }
  }

  /** Duties follow from those before them, whatever is asked for: they are always derived, and told where nothing restricts. */
  async #replayDuties(outcome: Outcome): Promise<void> {
    const made = new Map(
      outcome.effects.flatMap((e) => (e.kind === 'handoff' ? [[e.handoff, e] as const] : [])),
    )
    const party = (handoff: HandoffId) => made.get(handoff) ?? this.#held.get(handoff)
    if (isInTime(this.#filter, outcome.at) && isUnrestricted(this.#filter)) {
      const epoch = await this.#store.control.resolve(outcome.epoch)
      let own: Promise<Reopened> | undefined
      const message = async (handoff: HandoffId | null) => {
        const row = handoff === null || made.has(handoff) ? undefined : this.#held.get(handoff)
        own ??= row ? undefined : this.#openOwn(outcome, epoch)
        const content = row ? await this.#reopen(row, epoch) : await own
        return content?.kind === 'verified' ? content.verified : undefined
      }
      const handoff = await this.#duties.difference({ outcome, epoch, party, message })
      const at = `outcomes/${this.#partition}/${outcome.seq}`
      if (handoff !== undefined) this.#tally.differs({ at, handoff }, 'duties')
    }
    this.#duties.apply({ outcome, party })
  }

  /** Without decision records only the leaves speak. */
  #attest(outcome: Outcome): void {
    for (const effect of outcome.effects) {
      const decided = effect.kind === 'state' && (effect.cause === 'approval' || effect.cause === 'sweep')
      const matter = effect.kind === 'handoff' ? effect : decided ? this.#held.get(effect.handoff) : undefined
      if (matter && isWanted(this.#filter, matter)) this.#tally.attested()
    }
  }

  async #replay(outcome: Outcome, records: readonly DecisionRecord[]): Promise<void> {
    const created = new Map(
      outcome.effects.flatMap((e) => (e.kind === 'handoff' ? [[e.handoff, e] as const] : [])),
    )
    const wanted = records.flatMap((record, n) => {
      const matter = record.verdict ? this.#matterOf(record, created) : undefined
      return matter && isWanted(this.#filter, matter) ? [{ record, n }] : []
    })
    if (wanted.length === 0) return
    const [epoch, proposed] = [
      await this.#store.control.resolve(outcome.epoch),
      await this.#proposed?.resolve(outcome.epoch),
    ]
    const frame: Frame = { outcome, records, created, epoch, proposed }
    for (const { record, n } of wanted) await this.#judge(frame, record, n)
  }

  /** What has no verdict and does not count: refusals, and what a partner's own message brought about. What is not so differs. */
  async #judgeAnswer(outcome: Outcome): Promise<void> {
    const { answer } = outcome
    const words = outcome.effects.filter(isPartnersWord)
    if (!outcome.in || (answer.kind !== 'refused' && words.length === 0)) return
    const receivedAt = await this.#times.receivedAt(outcome.in.position)
    if (receivedAt === undefined) return
    const content = await this.#openOwn(outcome, await this.#store.control.resolve(outcome.epoch))
    const at = `outcomes/${this.#partition}/${outcome.seq}`
    const refusal = answer.code === null ? null : refusalDifference(answer.code, content, receivedAt)
    if (refusal) this.#tally.differs({ at, handoff: '' }, refusal)
    for (const effect of words) {
      const difference = effectDifference(effect, content)
      if (difference) this.#tally.differs({ at, handoff: effect.handoff }, difference)
    }
  }

  #matterOf(record: DecisionRecord, created: ReadonlyMap<HandoffId, NewHandoff>): Matter | undefined {
    const row =
      record.handoff === null ? undefined : (created.get(record.handoff) ?? this.#held.get(record.handoff))
    return record.question && row ? { ...record.question, caseRef: row.caseRef } : undefined
  }

  async #judge(frame: Frame, record: DecisionRecord, n: number): Promise<void> {
    const at = `outcomes/${this.#partition}/${frame.outcome.seq}#${n}`
    const content = await this.#contentOf(frame, record)
    const where = { at, handoff: record.handoff ?? '' }
    if (content.kind === 'failed') return this.#tally.differs(where, `verification: ${content.code}`)
    if (content.kind === 'unavailable') {
      const difference = differenceOf(record, frame.epoch, undefined)
      if (difference) this.#tally.differs(where, difference)
      else this.#tally.reasoned()
    } else {
      const derived = await this.#derive(frame, record, content.verified, frame.epoch)
      const difference = derived ? differenceOf(record, frame.epoch, derived) : 'nobody would be asked'
      if (difference) this.#tally.differs(where, difference)
      else this.#tally.rederived()
    }
    if (frame.proposed) await this.#flip(frame, record, content, frame.proposed, where)
  }

  /** Flipped: another kind of answer, or other members that leave. */
  async #flip(
    frame: Frame,
    record: DecisionRecord,
    content: Reopened,
    epoch: Epoch,
    where: Where,
  ): Promise<void> {
    const { question, verdict: was } = record
    if (!question || !was) return
    const would = await this.#propose(frame, record, content, epoch)
    const members = membersChanged(was, would)
    if (would?.kind === was.kind && members.length === 0) return
    const reasons = would?.reasons.map((reason) => reason.code) ?? []
    this.#tally.flip({
      ...where,
      type: question.type,
      was: was.kind,
      would: would?.kind ?? 'not asked',
      members,
      reasons,
    })
  }

  async #propose(
    frame: Frame,
    record: DecisionRecord,
    content: Reopened,
    epoch: Epoch,
  ): Promise<Verdict | undefined> {
    if (content.kind === 'verified')
      return (await this.#derive(frame, record, content.verified, epoch))?.verdict
    return record.question ? decide(record.question, epoch) : undefined
  }

  /** The message that a record was decided on: this outcome's own, or that of the hold it asks again. */
  async #contentOf(frame: Frame, record: DecisionRecord): Promise<Reopened> {
    const { outcome, epoch } = frame
    const handoff = record.handoff
    if (handoff !== null && frame.created.has(handoff)) {
      frame.message ??= await this.#openOwn(outcome, epoch)
      return frame.message
    }
    const row = this.#held.get(handoff)
    return row ? await this.#reopen(row, epoch) : { kind: 'unavailable' }
  }

  #reopen({ archive, seq, at }: HeldRow, epoch: Epoch): Promise<Reopened> {
    return this.#content.reopen(archive, { partition: this.#partition, seq }, at, epoch)
  }

  async #openOwn(outcome: Outcome, epoch: Epoch): Promise<Reopened> {
    const receivedAt = outcome.in && (await this.#times.receivedAt(outcome.in.position))
    if (receivedAt == null) return { kind: 'unavailable' }
    const place = { partition: this.#partition, seq: outcome.seq }
    return await this.#content.reopen(outcome.archive, place, receivedAt, epoch)
  }

  /** Asks again as the exchange did; undefined: the approver of this request would not be asked. */
  async #derive(
    frame: Frame,
    record: DecisionRecord,
    verified: Verified,
    epoch: Epoch,
  ): Promise<Decided | undefined> {
    const { outcome, created, records } = frame
    const effect = record.handoff === null ? undefined : created.get(record.handoff)
    const to = effect?.to ?? this.#held.get(record.handoff)?.to
    if (!effect) return await this.#deriveHeld(frame, record, verified, indexOf(verified, to), epoch)
    if (!effect.asks) return decideHandoff(verified, indexOf(verified, to), epoch, outcome.at, NO_APPROVALS)
    const { handoff, guard } = effect.asks
    const about = records.find((one) => one.handoff === handoff)?.question?.to
    const held = decideHandoff(verified, indexOf(verified, about), epoch, outcome.at, NO_APPROVALS)
    const ask = approvalAsks(held.question, held.verdict, epoch).find(
      (one) => one.guard === guard && one.to === to,
    )
    return ask && decideApprovalRequest(held, ask.row, effect.to, epoch, outcome.at)
  }

  async #deriveHeld(
    frame: Frame,
    record: DecisionRecord,
    verified: Verified,
    index: number,
    epoch: Epoch,
  ): Promise<Decided> {
    const at = frame.outcome.at
    const bare = decideHandoff(verified, index, epoch, at, NO_APPROVALS)
    const row = this.#held.get(record.handoff)
    if (!row || row.given.length === 0) return bare
    const { given, presentations, from, contentKey } = row
    const preparedByDigest = (await this.#content.preparedByDigest(contentKey, verified)) ?? ''
    const type = verified.type.name
    const input = { given, preparedByDigest, from, type, presentations, epoch, at }
    return decideApproved(bare, epoch, at, (wouldShow) => judgeApprovals({ ...input, wouldShow }))
  }
}

function indexOf(verified: Verified, to: string | undefined): number {
  return verified.terms.findIndex(({ terms }) => terms.to === to)
}

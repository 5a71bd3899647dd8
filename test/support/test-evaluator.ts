/**
 * An evaluator with every kind of effect and no law: what it answers is a plain function of the input, the fold, `at` and the epoch's
 * number, so that another model can say what it must have answered.
 */
import { caseKeyId, openArchive, sealArchive } from '#core/handoff/archive.ts'
import type { Evaluation, EvaluationContext, Evaluator, Input } from '#core/handoff/evaluator.ts'
import type { Answer, DutyChange, Effect, HandoffState, Inbound, StateChange } from '#core/handoff/outcome.ts'
import { messageArchive, ofSameMessage } from '#core/handoff/same-message.ts'
import { type Digest, type EndpointUrn, type HandoffId, type MessageId, makeHandoffId } from '#core/ids.ts'
import type { DutyRow, HandoffRow } from '#core/ports/fold.ts'
import type { KeyRow } from '#core/ports/key-store.ts'
import { sha256 } from './record-codecs.ts'

export interface Hand {
  readonly to: string
  /** `even`: sealed under an even epoch, held under an odd one. */
  readonly state: 'held' | 'sealed' | 'refused' | 'even'
  readonly deadlineIn: number
  /** Asks an approver, by a hand-off of its own to `approver`. */
  readonly asks?: boolean
  /** Sealed at once, it begins a duty that ends so much later and reminds half-way; ms. */
  readonly dutyIn?: number | undefined
}

export type Op =
  | {
      op: 'new'
      iss: string
      jti: string
      caseRef: string
      until: number
      hands: readonly Hand[]
      supersedes?: Ref
      peer?: boolean
    }
  | { op: 'approve'; of: Ref; granted: boolean }
  | { op: 'ack'; of: Ref }
  | { op: 'release'; of: Ref }
  | { op: 'erase'; of: Ref; scope: 'message' | 'case' }
  | { op: 'bug'; tag: string }
  | { op: 'die'; tag: string }

export interface Ref {
  readonly message: string
  readonly to: string
}

export const inboundOf = (op: Op, id: string): Inbound => ({
  kind: 'message',
  attributes: { id },
  submitter: '00000099000000001000',
  redriveOf: null,
  body: Buffer.from(JSON.stringify(op)),
})

/** What the id stands for: the body without what a sender may change between two attempts. */
export const contentDigest = (op: Op): Digest =>
  Buffer.from(sha256(Buffer.from(JSON.stringify(op)))).toString('base64url') as Digest

export function testEvaluator(
  hooks: { die?: () => Promise<never>; bug?: (tag: string) => boolean } = {},
): Evaluator {
  return {
    input: (input, context) => evaluate(input, context, hooks),
    expire: (rows, context) =>
      finish(new Draft(context, answer('tick')), (draft) => {
        for (const row of rows) draft.change(row, 'expired', 'deadline')
      }),
    duties: (rows, context) =>
      finish(new Draft(context, answer('tick')), (draft) => {
        for (const row of rows) draft.changeDuty(row, context.at < row.dueAt ? 'reminded' : 'missed')
      }),
    sweep: (rows, context) =>
      finish(new Draft(context, answer('tick')), async (draft) => {
        for (const row of rows) {
          if (row.state === 'sealed' && row.to.includes('suspended'))
            draft.change(row, 'recalled', 'suspended')
          if (row.state === 'held' && context.epoch.number % 2 === 0) await draft.unseal(row, 'sweep')
        }
      }),
  }
}

const answer = (
  kind: Answer['kind'],
  code: string | null = null,
  repeatOf: number | null = null,
): Answer => ({
  kind,
  code,
  pointer: null,
  repeatOf,
})

class Draft {
  readonly context: EvaluationContext
  readonly effects: Effect[] = []
  readonly duties: DutyChange[] = []
  readonly keyRows: KeyRow[] = []
  rest: Pick<Evaluation, 'answer' | 'seen' | 'archive'>

  constructor(context: EvaluationContext, given: Answer) {
    this.context = context
    this.rest = { answer: given, seen: null, archive: null }
  }

  change(
    row: HandoffRow,
    state: HandoffState,
    cause: StateChange['cause'],
    sealed: Uint8Array | null = null,
  ): void {
    // The fold shows what was before: what this outcome has changed already, it does not change again.
    if (this.effects.some((effect) => effect.kind === 'state' && effect.handoff === row.handoff)) return
    const deadline = state === 'sealed' ? this.context.at + SEALED_AGAIN_MS : null
    this.effects.push({ kind: 'state', handoff: row.handoff, state, cause, deadline, sealed, sdHash: null })
    if (state === 'sealed' || state === 'delivered') return
    for (const duty of this.context.fold.dutiesOf(row.handoff))
      if (duty.state === 'open') this.changeDuty(duty, 'withdrawn')
  }

  changeDuty({ handoff, dueAt }: DutyRow, change: DutyChange['change']): void {
    const still = change === 'reminded' ? dueAt : null
    this.duties.push({ ...DUTY, handoff, change, dueAt: still, remindAt: null })
  }

  startDuty(handoff: HandoffId, dutyIn: number): void {
    const { at } = this.context
    const half = Math.floor(dutyIn / 2)
    const remindAt = half > 0 ? at + half : null
    this.duties.push({ ...DUTY, handoff, change: 'started', dueAt: at + dutyIn, remindAt })
  }

  /** Held → sealed needs the archive copy: there but keyless throws `OPS_KEY`, as it must never happen. */
  async unseal(row: HandoffRow, cause: StateChange['cause']): Promise<void> {
    const { fold, keys } = this.context
    const archive = fold.archive(messageArchive(row))
    const plain = archive && (await openArchive(keys, archive, { partition: row.partition, seq: row.seq }))
    if (plain !== row.message) throw new Error('a held message has no readable archive copy')
    this.change(row, 'sealed', cause, Buffer.from(row.handoff))
    for (const asking of fold.asking(row.handoff)) {
      if (asking.state === 'sealed') this.change(asking, 'recalled', 'superseded')
    }
  }
}

const DUTY = { duty: 'd', kind: 'act', owner: 'recipient', awaits: null, by: null } as const

export const SEALED_AGAIN_MS = 40_000
/** An id is remembered longer than its message may be submitted. */
export const SEEN_AFTER_MS = 100_000

async function finish(draft: Draft, work: (draft: Draft) => unknown): Promise<Evaluation> {
  await work(draft)
  const { effects, duties, keyRows, rest } = draft
  const leaves = [...effects, ...duties].map((_, n) => sha256(Buffer.from(`leaf ${n}`)))
  return { ...rest, effects, duties, keyRows, leaves, decisions: null, submitter: null, outerId: null }
}

async function evaluate(
  input: Input,
  context: EvaluationContext,
  hooks: Parameters<typeof testEvaluator>[0],
): Promise<Evaluation> {
  const { fold, at } = context
  let op: Op
  try {
    op = JSON.parse(Buffer.from(input.inbound.body).toString('utf8')) as Op
  } catch {
    return await finish(new Draft(context, answer('refused', 'MSG_FRAMING')), () => undefined)
  }
  const refuse = (code: string) => finish(new Draft(context, answer('refused', code)), () => undefined)
  if (op.op === 'die') return (await hooks?.die?.()) ?? (await refuse('MSG_CLAIM'))
  if (op.op === 'bug') {
    if (hooks?.bug?.(op.tag) ?? true) throw new TypeError('a bug of ours')
    return await refuse('MSG_CLAIM')
  }
  if (op.op === 'new') return await evaluateNew(op, input, context)
  const row = fold.ofMessage(op.of.message).find((one) => one.to === op.of.to)
  if (!row) return await refuse('MSG_ACK')
  const open = row.state === 'held' || row.state === 'sealed'
  const draft = new Draft(context, answer('commanded'))
  if (op.op === 'approve') {
    if (row.state !== 'held') return await refuse('MSG_APPROVAL')
    const { granted } = op
    return await finish(draft, async () => {
      draft.effects.push({
        kind: 'approval',
        handoff: row.handoff,
        guard: 'g',
        granted,
        by: row.to,
        role: 'om-lp',
        actorDigest: 'x',
        digest: contentDigest(op),
        until: at + 1,
      })
      if (granted) await draft.unseal(row, 'approval')
      else draft.change(row, 'refused', 'approval')
    })
  }
  if (op.op === 'ack') {
    if (row.state === 'held' || row.state === 'refused') return await refuse('MSG_ACK')
    return await finish(draft, () => {
      if (open) draft.change(row, 'delivered', 'acknowledged')
      else draft.effects.push({ kind: 'late-ack', handoff: row.handoff })
    })
  }
  if (op.op === 'release') {
    return await finish(draft, () => {
      if (row.state === 'sealed' && !row.released)
        draft.effects.push({ kind: 'released', handoff: row.handoff })
    })
  }
  const { scope } = op
  return await finish(draft, () => erase(draft, row, scope))
}

function erase(draft: Draft, row: HandoffRow, scope: 'message' | 'case'): void {
  const { fold } = draft.context
  const rows = scope === 'case' ? fold.ofCase(row.caseRef) : ofSameMessage(fold, row)
  const present = rows.filter((one) => one.content === 'present')
  if (present.length === 0) return
  const keys = new Set(present.flatMap((one) => one.contentKey ?? []))
  if (scope === 'case') keys.add(caseKeyId(row.caseRef, fold.generation(row.caseRef)))
  draft.effects.push({ kind: 'erased', handoff: row.handoff, scope, keys: [...keys] })
  for (const one of rows)
    if (one.state === 'held' || one.state === 'sealed') draft.change(one, 'recalled', 'erased')
}

async function evaluateNew(
  op: Op & { op: 'new' },
  input: Input,
  context: EvaluationContext,
): Promise<Evaluation> {
  const { fold, at, epoch } = context
  const iss = op.iss as EndpointUrn
  const jti = op.jti as MessageId
  const digest = contentDigest(op)
  const before = fold.seen(iss, jti)
  if (before) {
    const repeat = before.digest === digest
    const given = repeat ? answer('repeat', null, before.seq) : answer('refused', 'MSG_ID_REUSED')
    return await finish(new Draft(context, given), () => undefined)
  }
  const seen = { iss, jti, digest, until: op.until + SEEN_AFTER_MS }
  if (op.peer || input.receivedAt > op.until) {
    const draft = new Draft(context, answer('refused', op.peer ? 'PEER_SUSPENDED' : 'MSG_LATE'))
    draft.rest = { ...draft.rest, seen }
    return await finish(draft, () => undefined)
  }
  const draft = new Draft(context, answer('decided'))
  const { archive, row } = await sealArchive(
    context,
    caseKeyId(op.caseRef, fold.generation(op.caseRef)),
    op.jti,
  )
  draft.keyRows.push(row)
  draft.rest = { ...draft.rest, seen, archive }
  return await finish(draft, () => {
    for (const hand of op.hands) addHand(draft, op, hand, archive.keyId, epoch.number)
    const older =
      op.supersedes && fold.ofMessage(op.supersedes.message).find((one) => one.to === op.supersedes?.to)
    const replaced =
      older && older.caseRef === op.caseRef && (older.state === 'held' || older.state === 'sealed')
    if (older && replaced) draft.change(older, 'recalled', 'superseded')
    void at
  })
}

function addHand(draft: Draft, op: Op & { op: 'new' }, hand: Hand, contentKey: string, epoch: number): void {
  const { partition, seq, at, random } = draft.context
  const state = hand.state === 'even' ? (epoch % 2 === 0 ? 'sealed' : 'held') : hand.state
  const add = (
    to: string,
    made: 'held' | 'sealed' | 'refused',
    asks: { handoff: HandoffId; guard: string } | null,
  ) => {
    const handoff = makeHandoffId(partition, seq, random.bytes(8))
    draft.effects.push({
      kind: 'handoff',
      handoff,
      caseRef: op.caseRef as MessageId,
      message: op.jti as MessageId,
      from: op.iss as EndpointUrn,
      to: to as EndpointUrn,
      type: 'tip.ngo.forwarded' as never,
      state: made,
      deadline: made === 'refused' ? null : at + hand.deadlineIn,
      sealed: made === 'sealed' ? Buffer.from(handoff) : null,
      sdHash: null,
      asks,
      contentKey,
      certificate: 'c',
    })
    return handoff
  }
  const made = add(hand.to, state, null)
  if (state === 'sealed' && hand.dutyIn !== undefined) draft.startDuty(made, hand.dutyIn)
  if (state === 'held' && hand.asks) add(`${hand.to}-approver`, 'sealed', { handoff: made, guard: 'g' })
}

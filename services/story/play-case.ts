/** Plays a case through the SDK alone, each partner with its own keys, and tells what happened per hand-off. */
import type { Connection } from '#sdk/connect.ts'
import type { HandoffForSender, MessageStatus } from '#sdk/gateway-answers.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import {
  atPresent,
  type Case,
  type CaseApproval,
  type CaseSend,
  type CaseStep,
  parseWait,
  type Wait,
} from './case.ts'
import { type DutyWish, wishDuties } from './wish-duties.ts'

/** One line of the story: what became of one hand-off. */
export interface StoryLine {
  readonly handoff: string
  readonly step: string
  readonly from: string
  readonly to: string
  readonly type: string
  readonly verdict: string
  readonly reasons: readonly string[]
  readonly basis: readonly { readonly rule: string; readonly article: string; readonly verified: boolean }[]
  readonly shown: readonly string[]
  readonly withheld: readonly string[]
  readonly obligations: readonly string[]
  readonly state: string
  readonly ms: number
}

export interface Stage {
  /** Connection of `partner/endpoint`, opened once. */
  connection(ref: string): Promise<Connection>
  /** A second connection of that endpoint that does not know what the first one sent. */
  careless(ref: string): Promise<Connection>
  urnOf(ref: string): string
  /** `partner/endpoint` of an endpoint urn. */
  refOf(urn: string): string
  /** Who reads the inbox of this endpoint: itself, or the carrier of a body without a connection. */
  readerOf(ref: string): string
  /** A hand-off that reached `reader` within `ms`, opened and verified; undefined when none came. */
  received(reader: string, handoff: string, ms: number): Promise<Handoff | undefined>
  /** The request to approve that hand-off under that guard, as it reached `reader`. */
  requested(reader: string, held: string, guard: string, ms: number): Promise<Handoff | undefined>
  /** Monotonic milliseconds. */
  elapsed(): number
  now(): number
  /** Lets time pass, and all that falls due meanwhile; a stage on the clock of the machine cannot. */
  wait?: (wait: StageWait) => Promise<void>
}

/** As `Wait`, with the hand-off whose duty is meant. */
export type StageWait =
  | Extract<Wait, { kind: 'for' }>
  | { readonly kind: 'due'; readonly handoff: string; readonly duty: string; readonly shift: string }

export interface StepResult {
  readonly step: CaseStep
  /** null: the step could not be played, since what it builds on did not happen. */
  readonly status: MessageStatus | null
  readonly lines: readonly StoryLine[]
  readonly duties: readonly DutyWish[]
  /** Nothing was sent: time passed. */
  readonly waited?: true
}

/** Generous: a busy machine is slow, and what does not come is told all the same. */
const ARRIVAL_MS = 30_000
const WAIT_SECONDS = 30

/** What the step builds on did not happen: under another profile or other rules a case takes another way. */
class StepImpossible extends Error {}

interface Played {
  readonly id: string
  readonly by: string
  readonly handoffs: readonly HandoffForSender[]
}

/** Plays step after step; yields each result as it happens. Throws `SchakelError` when the gateway cannot be reached. */
export async function* playCase(story: Case, stage: Stage): AsyncGenerator<StepResult> {
  const played = new Map<string, Played>()
  const handoffsOf = (step: string) => played.get(step)?.handoffs ?? []
  for (const step of story.steps) {
    if (step.wait !== undefined) await pass(step.wait, played, stage)
    if (onlyWaits(step)) {
      yield { step, status: null, lines: [], duties: wishDuties(step, [], handoffsOf, stage), waited: true }
      continue
    }
    const started = stage.elapsed()
    const status = await possible(act(step, played, stage))
    if (!status) {
      yield { step, status, lines: [], duties: [] }
      continue
    }
    const ms = stage.elapsed() - started
    const by =
      step.by ?? (step.approve ? played.get(step.approve.of)?.by : played.get(step.again ?? '')?.by) ?? ''
    const handoffs = step.approve ? await approvedHandoffs(step.approve, played, stage) : status.handoffs
    if (!step.again && !step.approve) played.set(step.step, { id: status.id, by, handoffs })
    const settled = await deliver(inOrder(step, handoffs, stage), by, stage)
    if (step.approve) renew(step.approve.of, settled, played)
    const lines = settled.map((handoff) => lineOf(step, handoff, ms, stage))
    yield { step, status, lines, duties: wishDuties(step, lines, handoffsOf, stage) }
  }
}

const onlyWaits = (step: CaseStep): boolean =>
  step.wait !== undefined && !step.send && !step.approve && step.again === undefined

async function pass(text: string, played: ReadonlyMap<string, Played>, stage: Stage): Promise<void> {
  const wait = parseWait(text)
  if (!stage.wait) throw new Error(`time does not pass here: ${text}`)
  if (wait.kind === 'for') return await stage.wait(wait)
  const { step, ...rest } = wait
  for (const { handoff } of need(played, step).handoffs) await stage.wait({ ...rest, handoff })
}

/** What an approval let go may be evidence from now on. */
function renew(of: string, settled: readonly HandoffForSender[], played: Map<string, Played>): void {
  const before = played.get(of)
  if (!before) return
  const newest = (one: HandoffForSender) => settled.find(({ handoff }) => handoff === one.handoff) ?? one
  played.set(of, { ...before, handoffs: before.handoffs.map(newest) })
}

async function possible(acting: Promise<MessageStatus>): Promise<MessageStatus | null> {
  try {
    return await acting
  } catch (error) {
    if (error instanceof StepImpossible) return null
    throw error
  }
}

/** Terms travel shuffled, so hand-offs come in an order of chance: told in the order in which the case names recipients. */
function inOrder(
  step: CaseStep,
  handoffs: readonly HandoffForSender[],
  stage: Stage,
): readonly HandoffForSender[] {
  const place = (handoff: HandoffForSender) =>
    step.expect.findIndex((one) => one.to === stage.refOf(handoff.to))
  return [...handoffs].sort((a, b) => place(a) - place(b))
}

async function act(
  step: CaseStep,
  played: ReadonlyMap<string, Played>,
  stage: Stage,
): Promise<MessageStatus> {
  if (step.again) {
    const first = need(played, step.again)
    return (await stage.connection(first.by)).again(first.id, { wait: WAIT_SECONDS })
  }
  if (step.approve) return approve(step.approve, played, stage)
  if (!step.send || !step.by) throw new Error(`step ${step.step} does nothing`)
  return publish(step, step.by, step.send, played, stage)
}

function need(played: ReadonlyMap<string, Played>, step: string): Played {
  const found = played.get(step)
  if (!found) throw new StepImpossible(`step ${step} was not played`)
  return found
}

/** The hand-off of that step that this endpoint knows: one it got, else one it sent. */
function handoffOf(
  played: ReadonlyMap<string, Played>,
  step: string,
  by: string,
  stage: Stage,
): HandoffForSender {
  const { handoffs } = need(played, step)
  const to = (handoff: HandoffForSender) => stage.refOf(handoff.to)
  const mine =
    handoffs.find((handoff) => to(handoff) === by) ??
    handoffs.find((handoff) => stage.readerOf(to(handoff)) === by) ??
    handoffs[0]
  if (!mine) throw new StepImpossible(`step ${step} made no hand-off`)
  return mine
}

async function publish(
  step: CaseStep,
  by: string,
  send: CaseSend,
  played: ReadonlyMap<string, Played>,
  stage: Stage,
): Promise<MessageStatus> {
  const connection = await (step.sameIdAs ? stage.careless(by) : stage.connection(by))
  const now = stage.now()
  const evidence: Handoff[] = []
  for (const name of step.evidence ?? []) {
    const wanted = handoffOf(played, name, by, stage)
    const left = wanted.state !== 'refused' && wanted.state !== 'held'
    const got = left ? await stage.received(by, wanted.handoff, ARRIVAL_MS) : undefined
    if (got) evidence.push(got)
  }
  return connection.publish(send.type, {
    ...(step.follows ? { subject: handoffOf(played, step.follows, by, stage).handoff } : {}),
    ...(step.inReplyTo ? { inReplyTo: handoffOf(played, step.inReplyTo, by, stage).handoff } : {}),
    ...(step.supersedes ? { supersedes: handoffOf(played, step.supersedes, by, stage).handoff } : {}),
    ...(step.sameIdAs ? { id: need(played, step.sameIdAs).id } : {}),
    ...(send.withhold ? { withhold: [...send.withhold] } : {}),
    ...(send.reviewAt ? { reviewAt: atPresent(send.reviewAt, now) } : {}),
    ...(send.freeTextReviewed ? { freeTextReviewed: send.freeTextReviewed } : {}),
    to: send.to.map((terms) => ({ ...terms, to: stage.urnOf(terms.to) })),
    data: atPresent(send.data, now),
    context: atPresent(send.context, now),
    preparedBy: send.preparedBy,
    evidence,
    keep: true,
    wait: WAIT_SECONDS,
  })
}

async function approve(
  approval: CaseApproval,
  played: ReadonlyMap<string, Played>,
  stage: Stage,
): Promise<MessageStatus> {
  const connection = await stage.connection(approval.by)
  const [held] = need(played, approval.of).handoffs
  if (held?.state !== 'held') throw new StepImpossible(`step ${approval.of} holds nothing`)
  const got = await stage.requested(approval.by, held.handoff, approval.guard, ARRIVAL_MS)
  if (!got) throw new StepImpossible(`the request to ${approval.by} did not arrive`)
  await connection.acknowledge(got, { wait: WAIT_SECONDS })
  const { granted, actor, role } = approval
  return connection.approve(got, { granted, actor, role }, { wait: WAIT_SECONDS })
}

async function approvedHandoffs(
  approval: CaseApproval,
  played: ReadonlyMap<string, Played>,
  stage: Stage,
): Promise<readonly HandoffForSender[]> {
  const { by, handoffs } = need(played, approval.of)
  const [held] = handoffs
  if (!held) return []
  const now = await (await stage.connection(by)).handoff(held.handoff)
  return now.role === 'sender' ? [now] : []
}

/** Waits until every sealed hand-off was received, acknowledged and delivered; returns the newest state of all. */
async function deliver(
  handoffs: readonly HandoffForSender[],
  by: string,
  stage: Stage,
): Promise<readonly HandoffForSender[]> {
  const settled: HandoffForSender[] = []
  for (const handoff of handoffs) {
    if (handoff.state === 'sealed') {
      const reader = stage.readerOf(stage.refOf(handoff.to))
      const got = await stage.received(reader, handoff.handoff, ARRIVAL_MS)
      if (got) await (await stage.connection(reader)).acknowledge(got, { wait: WAIT_SECONDS })
    }
    const now = await (await stage.connection(by)).handoff(handoff.handoff)
    settled.push(now.role === 'sender' ? now : handoff)
  }
  return settled
}

function lineOf(step: CaseStep, handoff: HandoffForSender, ms: number, stage: Stage): StoryLine {
  const { verdict } = handoff
  return {
    handoff: handoff.handoff,
    step: step.step,
    from: stage.refOf(handoff.from),
    to: stage.refOf(handoff.to),
    type: handoff.type,
    verdict: verdict?.kind ?? 'unknown',
    reasons: [...new Set((verdict?.reasons ?? []).map((reason) => reason.code))].sort(),
    basis: verdict?.basis ?? [],
    shown: verdict?.shown ?? [],
    withheld: (verdict?.withheld ?? []).map((member) => member.member),
    obligations: verdict?.obligations ?? [],
    state: handoff.state,
    ms: Math.round(ms * 10) / 10,
  }
}

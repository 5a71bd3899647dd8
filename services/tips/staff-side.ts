import { randomUUID } from 'node:crypto'
import type { Publication } from '#sdk/build-content.ts'
import type { Connection } from '#sdk/connect.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import { type Outcome, outcomeNow, sendOnce } from '#sdk/send-once.ts'
import { notFound, PageRefusal } from '#web/page-refusal.ts'
import { isOut, laterStatus, type Question, TIP_STATUSES, type Tip, type TipStatus } from './tip-file.ts'
import { answerPublication, type TipPart, type TipReview, tipPublication } from './tip-publication.ts'
import type { TipStore } from './tip-store.ts'

/** The hotline's endpoint, as this application uses it. */
export type Link = Pick<Connection, 'publish' | 'status' | 'flush' | 'stream' | 'acknowledge' | 'close'>

export interface StaffPorts {
  readonly store: TipStore
  readonly link: Link
  /** Endpoint (urn) of the police that the agreement names: tips go there, and questions come from nobody else. */
  readonly police: string
  readonly now: () => number
}

/** How this hotline's agreement lets it speak: contracts/agreement/ecpat-politie.json. */
const BASIS = 'uavg-33'
const CONTEXT = { regime: 'GDPR', handling: 'AMBER+STRICT' } as const
const ROLE = 'medewerker meldpunt'

/** The free text as it may leave: what points at the reporter is for the reviewer to take out. */
export interface ReviewedTip extends TipReview {
  readonly facts: string
  readonly suspectDescription: string | null
}

/** What the hotline's own people do with tips, questions and answers, and what reaches them from the police. */
export class StaffSide {
  readonly #ports: StaffPorts
  readonly #busy = new Set<string>()

  constructor(ports: StaffPorts) {
    this.#ports = ports
  }

  /** Sends a tip that somebody read. It counts as forwarded unless the exchange refuses it; then it may be mended and sent anew. */
  forward(ref: string, { facts, suspectDescription, ...review }: ReviewedTip): Promise<void> {
    return this.#alone(ref, async () => {
      const tip = this.#tip(ref)
      if (tip.state !== 'new') throw new PageRefusal(409)
      const part = tipPublication({ ...tip.report, facts, suspectDescription }, review, {
        tipRef: tip.ref,
        reporterHandle: tip.handle,
      })
      const more = { id: tip.message }
      this.#forwarded(
        tip,
        await this.#send('tip.ngo.forwarded', 'intake', review.actor, { ...part, ...more }),
      )
    })
  }

  /** A tip that does not go to the police. */
  setAside(ref: string): void {
    if (this.#tip(ref).state !== 'new' || this.#busy.has(ref)) throw new PageRefusal(409)
    this.#ports.store.changeTip(ref, { state: 'set-aside', status: 'CLOSED' })
  }

  /** From now on the reporter sees the question. */
  relay(handoff: string): void {
    if (this.#question(handoff).state !== 'received') throw new PageRefusal(409)
    this.#ports.store.changeQuestion(handoff, { state: 'relayed' })
  }

  /** Sends an answer of the reporter that somebody read. */
  passOn(handoff: string, review: { readonly actor: string; readonly answer: string }): Promise<void> {
    return this.#alone(handoff, async () => {
      const question = this.#question(handoff)
      if (question.state !== 'answered') throw new PageRefusal(409)
      const tip = this.#tip(question.tip)
      const names = { questionId: question.id, reporterHandle: tip.handle }
      const part = answerPublication(tip.report, review, names)
      const more = { id: question.message, subject: handoff, inReplyTo: handoff }
      this.#passedOn(
        question,
        await this.#send('tip.followup.answer', 'follow-up', review.actor, { ...part, ...more }),
      )
    })
  }

  /** Takes in a hand-off; twice is once. false: not for this hotline's work, or about a tip that is gone. */
  arrive({ handoff, type, from, data }: Pick<Handoff, 'handoff' | 'type' | 'from' | 'data'>): boolean {
    const { store, police, now } = this.#ports
    const tip = from === police ? store.tip(String(data['tipRef'])) : undefined
    if (!tip) return false
    if (type === 'tip.feedback') {
      const status = TIP_STATUSES.find((one) => one === data['status'])
      if (status) store.changeTip(tip.ref, { status: laterStatus(tip.status, status) })
      return status !== undefined
    }
    if (type !== 'tip.followup.question') return false
    const [id, text] = [data['questionId'], data['question']]
    if (typeof id !== 'string' || typeof text !== 'string') return false
    const empty = { state: 'received', answer: null, outcome: null } as const
    store.addQuestion({ handoff, tip: tip.ref, id, text, receivedAt: now(), ...empty, message: randomUUID() })
    return true
  }

  /** Sends what still waits in the outbox, and asks after all that had no final answer when it was sent. Throws `SchakelError`. */
  async refresh(): Promise<void> {
    const { store, link } = this.#ports
    await link.flush({ wait: 0 })
    const isOpen = (outcome: Outcome | null) =>
      outcome?.verdict === 'unanswered' || outcome?.verdict === 'hold'
    for (const tip of store.tips()) {
      if (isOpen(tip.outcome)) this.#forwarded(tip, await outcomeNow(link, tip.message))
      for (const question of store.questions(tip.ref))
        if (isOpen(question.outcome)) this.#passedOn(question, await outcomeNow(link, question.message))
    }
  }

  #send(
    type: string,
    purpose: string,
    actor: string,
    part: TipPart & Pick<Publication, 'subject' | 'inReplyTo'> & { readonly id: string },
  ): Promise<Outcome> {
    const { link, police } = this.#ports
    return sendOnce(link, type, {
      ...part,
      to: [{ to: police, purpose, basis: BASIS }],
      context: CONTEXT,
      preparedBy: { actor, role: ROLE, automated: false },
    })
  }

  #forwarded({ ref, message }: Tip, outcome: Outcome): void {
    const out = isOut(outcome)
    const known: TipStatus = this.#ports.store.tip(ref)?.status ?? 'RECEIVED'
    this.#ports.store.changeTip(ref, {
      outcome,
      state: out ? 'forwarded' : 'new',
      status: out ? laterStatus(known, 'ASSESSED') : known,
      message: out ? message : randomUUID(),
    })
  }

  #passedOn({ handoff, message }: Question, outcome: Outcome): void {
    const out = isOut(outcome)
    this.#ports.store.changeQuestion(handoff, {
      outcome,
      state: out ? 'sent' : 'answered',
      message: out ? message : randomUUID(),
    })
  }

  /** Two people at the same tip: the second is told that something came between. */
  async #alone(key: string, task: () => Promise<void>): Promise<void> {
    if (this.#busy.has(key)) throw new PageRefusal(409)
    this.#busy.add(key)
    try {
      await task()
    } finally {
      this.#busy.delete(key)
    }
  }

  #tip(ref: string): Tip {
    return this.#ports.store.tip(ref) ?? notFound()
  }

  #question(handoff: string): Question {
    return this.#ports.store.question(handoff) ?? notFound()
  }
}

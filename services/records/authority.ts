import type { Handoff } from '#sdk/open-handoff.ts'
import type { AuthorityKinds, Carried, SentOn } from './authority-kinds.ts'
import { bodyOf, bodysAnswer, passing, requestAfterHit, storing } from './authority-messages.ts'
import { type DeskPorts, NotNow, type SendAs, sendAs } from './desk.ts'
import { KEPT_MS } from './limits.ts'
import { type Link, type Sent, wentOut } from './link.ts'
import type { Person } from './vog-messages.ts'

export interface AuthorityPorts extends DeskPorts<AuthorityKinds> {
  /** The connection through which Justid hands in what the body at this address says. */
  readonly bodyLink: (urn: string) => Promise<Link>
}

const QUESTIONS = new Set(['ecris.request', 'ecristcn.query', 'uk.conviction.request'])
const REPLIES = new Set(['ecris.reply', 'ecristcn.hit', 'uk.conviction.reply'])

/**
 * Justid as central authority: sends questions on, hands replies over, and keeps of both no more than where they are. What it
 * sends on and hands over is decided by the exchange; nothing is weighed here.
 */
export class Authority {
  readonly #ports: AuthorityPorts
  readonly #send: SendAs

  constructor(ports: AuthorityPorts) {
    this.#ports = ports
    this.#send = sendAs(ports)
  }

  get ports(): AuthorityPorts {
    return this.#ports
  }

  async arrive(handoff: Handoff): Promise<void> {
    const { drawer, urnOf, link, now } = this.#ports
    const { type, from } = handoff
    if (handoff.to !== link.urn) this.#carry(handoff)
    else if (from === urnOf('justis/vog') && QUESTIONS.has(type)) await this.#ask(handoff)
    else if (type === 'ecris.identity.supplied') await this.#supply(handoff)
    else if (type === 'ecris.data.destroyed') this.#forget(handoff)
    else if (REPLIES.has(type)) await this.#handOver(handoff)
    else if (type === 'ecris.notification') await this.#store(handoff)
    else drawer.put('other', handoff.handoff, '', { what: type, from, at: now() })
  }

  /** What a body said to a question that was carried to it: handed in under its name, as its messenger. */
  async answerFor(question: string, type: string, data: object, person: Person): Promise<Sent> {
    const carried = this.#ports.drawer.get('carried', question)
    if (!carried) throw new NotNow(question)
    const out = bodysAnswer(type, { ...data }, { to: this.#ports.link.urn, question, actor: person.actor })
    const body = await this.#ports.bodyLink(carried.to)
    const sent = await this.#send(`${question} ${carried.tries} ${JSON.stringify(data)}`, out, body)
    const waits = 'outcome' in data && data.outcome === 'IDENTITY_INSUFFICIENT' && type === 'ecris.reply'
    if (wentOut(sent) && !waits) this.#ports.drawer.remove('carried', question)
    if (!wentOut(sent) && sent.verdict !== 'unanswered')
      this.#ports.drawer.put('carried', question, '', { ...carried, tries: carried.tries + 1 })
    return sent
  }

  purge(): number {
    const { drawer, now } = this.#ports
    const late = drawer.all('asked').filter(({ value }) => value.at + KEPT_MS.question <= now())
    for (const { id } of late) this.#drop(id)
    for (const { id, value } of drawer.all('other'))
      if (value.at + KEPT_MS.quarantine <= now()) drawer.remove('other', id)
    return late.length
  }

  async #ask(handoff: Handoff): Promise<void> {
    const { type, data, evidence } = handoff
    this.#ports.drawer.put('asked', handoff.handoff, handoff.handoff, {
      type,
      data,
      evidence,
      at: this.#ports.now(),
    })
    await this.#sendOn(handoff.handoff, type, data, [evidence])
  }

  async #sendOn(
    asked: string,
    type: string,
    data: Readonly<Record<string, unknown>>,
    evidence: readonly string[],
  ): Promise<void> {
    const { drawer } = this.#ports
    const body = bodyOf(type, data)
    const requestRef = String(data['requestRef'] ?? data['queryRef'])
    const to = this.#urn(body)
    const sent: Sent = to
      ? await this.#sure(`${asked} ${body}`, passing({ type, data, to, subject: asked, evidence }))
      : { handoff: null, verdict: 'refused', reasons: [NO_CHANNEL] }
    const row: SentOn = { asked, body, requestRef, sent, outcome: null, identityWanted: null }
    drawer.put('sentOn', `${asked} ${body}`, asked, row)
  }

  /** Undefined: nobody on this exchange speaks for that state. */
  #urn(body: string): string | undefined {
    try {
      return this.#ports.urnOf(body)
    } catch {
      return undefined
    }
  }

  /** Machines do not press again: what has no answer yet is tried again by whoever follows the inbox. */
  async #sure(what: string, out: Parameters<SendAs>[1]): Promise<Sent> {
    const sent = await this.#send(what, out)
    if (sent.verdict === 'unanswered') throw new Error('not answered yet')
    return sent
  }

  #carry({ handoff, to, type, data, obligations }: Handoff): void {
    if (type === 'ecris.identity.supplied') this.#carryIdentity(data)
    if (!QUESTIONS.has(type)) return
    const carried = {
      ...data,
      requestRef: String(data['requestRef'] ?? data['queryRef']),
    } as unknown as Pick<Carried, 'requestRef' | 'personRef' | 'identity' | 'nationalities'>
    const { requestRef, personRef, identity, nationalities } = carried
    this.#ports.drawer.put('carried', handoff, '', {
      to,
      type,
      requestRef,
      personRef,
      identity,
      nationalities,
      obligations,
      tries: 0,
    })
  }

  #carryIdentity(data: Readonly<Record<string, unknown>>): void {
    const { drawer } = this.#ports
    for (const { id, value } of drawer.all('carried'))
      if (value.requestRef === data['requestRef'])
        drawer.put('carried', id, '', { ...value, identity: data['identity'] as Carried['identity'] })
  }

  /** Where a question is under this number: the newest one that still waits, else the newest. */
  #sentOn(requestRef: unknown, from?: string): { readonly id: string; readonly value: SentOn } | undefined {
    const { drawer } = this.#ports
    const age = ({ value }: { readonly value: SentOn }) => drawer.get('asked', value.asked)?.at ?? 0
    const rows = drawer
      .all('sentOn')
      .filter(({ value }) => value.requestRef === requestRef)
      .filter(({ value }) => from === undefined || this.#urn(value.body) === from)
      .toSorted((a, b) => age(a) - age(b))
    return rows.findLast(({ value }) => value.outcome === null) ?? rows.at(-1)
  }

  /** A reply goes to Justis as it came; of it stays that it came. A hit makes the states it names be asked. */
  async #handOver({ handoff, type, data, from, evidence }: Handoff): Promise<void> {
    const { drawer, urnOf } = this.#ports
    const row = this.#sentOn(data['requestRef'] ?? data['queryRef'], from)
    const asked = row && drawer.get('asked', row.value.asked)
    if (!row || !asked) return drawer.put('other', handoff, '', { what: type, from, at: this.#ports.now() })
    const subject = row.value.asked
    const answers = asked.type === 'ecristcn.query' && type === 'ecris.reply' ? {} : { inReplyTo: subject }
    const out = passing({ type, data, to: urnOf('justis/vog'), subject, evidence: [evidence], ...answers })
    await this.#sure(handoff, out)
    const outcome = type === 'ecristcn.hit' ? 'HIT' : String(data['outcome'])
    const identityWanted = typeof data['identityWanted'] === 'string' ? data['identityWanted'] : null
    drawer.put('sentOn', row.id, subject, { ...row.value, outcome, identityWanted })
    if (type === 'ecristcn.hit')
      for (const state of data['memberStates'] as readonly string[])
        if (state !== 'NL')
          await this.#sendOn(subject, 'ecris.request', requestAfterHit(asked.data, state), [
            asked.evidence,
            evidence,
          ])
  }

  async #supply({ handoff, data, evidence }: Handoff): Promise<void> {
    const row = this.#sentOn(data['requestRef'])
    if (!row?.value.sent.handoff) return
    const { body, sent } = row.value
    const subject = sent.handoff ?? ''
    const to = this.#ports.urnOf(body)
    const type = 'ecris.identity.supplied'
    await this.#sure(handoff, passing({ type, data, to, subject, evidence: [evidence] }))
    this.#ports.drawer.put('sentOn', row.id, row.value.asked, { ...row.value, identityWanted: null })
  }

  async #store({ handoff, data, evidence }: Handoff): Promise<void> {
    await this.#sure(handoff, storing(data, this.#ports.urnOf('justid/jd'), handoff, evidence))
  }

  /** Justis has decided: nothing of those questions stays here either. */
  #forget({ data }: Handoff): void {
    const replies = new Set(data['replies'] as readonly string[])
    for (const { id, value } of this.#ports.drawer.all('asked'))
      if (replies.has(String(value.data['requestRef'] ?? value.data['queryRef']))) this.#drop(id)
  }

  #drop(asked: string): void {
    const { drawer } = this.#ports
    const refs = new Set(drawer.all('sentOn', asked).map(({ value }) => value.requestRef))
    for (const { id, value } of drawer.all('carried'))
      if (refs.has(value.requestRef)) drawer.remove('carried', id)
    drawer.drop('sentOn', asked)
    drawer.drop('asked', asked)
  }
}

const NO_CHANNEL = {
  code: 'NO_CHANNEL',
  nl: 'Niemand op deze uitwisseling spreekt voor deze staat: vraag langs de weg van ECRIS zelf.',
  en: 'Nobody on this exchange speaks for this state: ask by way of ECRIS itself.',
}

import type { Handoff } from '#sdk/open-handoff.ts'
import type { JdQuery, RegisterKinds } from './authority-kinds.ts'
import { type DeskPorts, NotNow, type SendAs, sendAs } from './desk.ts'
import { KEPT_MS } from './limits.ts'
import { type Sent, wentOut } from './link.ts'
import { type Conviction, type Identity, type JudicialRecord, secondsOf } from './person.ts'
import type { Person } from './vog-messages.ts'

export interface RegisterPorts extends DeskPorts<RegisterKinds> {
  /** Judgments of Dutch courts about this person: the judicial documentation itself, which this application does not replace. */
  readonly judgments: (identity: Identity) => Promise<readonly JudicialRecord[]>
}

/** Names and date of birth without case, accents and signs: the same person must be written the same way to be found. */
export function identityKey({ surname, givenNames, birthDate }: Identity): string {
  const plain = (text: string) =>
    text
      .normalize('NFKD')
      .replace(/[^\p{L}]/gu, '')
      .toUpperCase()
  return `${plain(surname)} ${plain(givenNames)} ${birthDate}`
}

/** A conviction of a member state, as the Dutch documentation has it. */
export function recordOf({ ref, convictedOn, offences, sanctions }: Conviction): JudicialRecord {
  const said = (rows: readonly { readonly code: string; readonly national: string | null }[]) =>
    rows
      .map(({ code, national }) => (national === null ? code : `${code} ${national}`))
      .join('; ')
      .slice(0, 190)
  return {
    ref,
    origin: 'EU_CONVICTION',
    decidedOn: convictedOn,
    article: `ECRIS ${said(offences)}`,
    disposal: said(sanctions) || '–',
  }
}

/**
 * The judicial documentation: keeps what member states notified about Dutch nationals and sentences that the Netherlands took over,
 * and answers Justis. A verdict of another country has no way in: no type carries it here. Acquittals and what Wjsg 21 leaves out
 * are not given to the SDK at all.
 */
export class Register {
  readonly #ports: RegisterPorts
  readonly #send: SendAs

  constructor(ports: RegisterPorts) {
    this.#ports = ports
    this.#send = sendAs(ports)
  }

  arrive({ handoff, type, data }: Handoff): void {
    const { drawer } = this.#ports
    if (type === 'vog.jd.query') {
      const { queryRef, personRef, identity } = data as unknown as JdQuery
      drawer.put('query', handoff, '', { queryRef, personRef, identity, at: this.#ports.now(), tries: 0 })
    } else if (type === 'ecris.notification') this.#notified(data)
    else if (type === 'sentence.transfer.registered') this.#transferred(data)
  }

  queries(): readonly { readonly id: string; readonly value: JdQuery }[] {
    return this.#ports.drawer.all('query')
  }

  /** What there is about this person. */
  async found(identity: Identity): Promise<readonly JudicialRecord[]> {
    const kept = this.#ports.drawer.all('record', identityKey(identity)).map(({ value }) => value)
    return [...(await this.#ports.judgments(identity)), ...kept]
  }

  /** A person has compared who was asked about with what was found, and gives these rows of it. */
  async answer(id: string, refs: ReadonlySet<string>, person: Person): Promise<Sent> {
    const { drawer, urnOf, now } = this.#ports
    const query = drawer.get('query', id)
    if (!query) throw new NotNow(id)
    const { queryRef, personRef } = query
    const records = (await this.found(query.identity)).filter(({ ref }) => refs.has(ref))
    const sent = await this.#send(`${id} ${query.tries}`, {
      type: 'vog.jd.extract',
      publication: {
        to: [{ to: urnOf('justis/vog'), purpose: 'vog-decision', basis: 'wjsg-36' }],
        data: {
          queryRef,
          personRef,
          checkedAt: secondsOf(now()),
          records,
          acquittals: null,
          excluded: null,
        },
        context: { regime: 'WJSG', handling: 'AMBER' },
        preparedBy: { actor: person.actor, role: 'medewerker justitiële documentatie', automated: false },
        subject: id,
        inReplyTo: id,
      },
    })
    // Answered: who was asked about is no longer needed here.
    if (wentOut(sent)) drawer.remove('query', id)
    else if (sent.verdict !== 'unanswered') drawer.put('query', id, '', { ...query, tries: query.tries + 1 })
    return sent
  }

  /** Questions that nobody answered in time go as well; the documentation itself has terms of its own. */
  purge(): number {
    const { drawer, now } = this.#ports
    const late = drawer.all('query').filter(({ value }) => value.at + KEPT_MS.question <= now())
    for (const { id } of late) drawer.remove('query', id)
    return late.length
  }

  #notified(data: Readonly<Record<string, unknown>>): void {
    const { drawer } = this.#ports
    const folder = identityKey(data['identity'] as Identity)
    for (const conviction of data['convictions'] as readonly Conviction[])
      if (data['change'] === 'DELETION') drawer.remove('record', conviction.ref)
      else drawer.put('record', conviction.ref, folder, recordOf(conviction))
  }

  #transferred(data: Readonly<Record<string, unknown>>): void {
    const ref = String(data['transferRef'])
    this.#ports.drawer.put('record', ref, identityKey(data['identity'] as Identity), {
      ref,
      origin: 'TRANSFERRED_SENTENCE',
      decidedOn: String(data['decidedOn']),
      article: String(data['offence']).slice(0, 200),
      disposal: String(data['sanction']).slice(0, 200),
    })
  }
}

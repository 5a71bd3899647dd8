import { createHash } from 'node:crypto'
import type { Handoff } from '#sdk/open-handoff.ts'
import { type DeskKinds, type DeskPorts, NotNow, sendAs } from './desk.ts'
import { KEPT_MS } from './limits.ts'
import { type Sent, wentOut } from './link.ts'
import { type Application, secondsOf } from './person.ts'
import type { Outcome } from './vog-file.ts'
import { applicationMessage, type Person } from './vog-messages.ts'

export interface CounterFile {
  readonly application: Application
  readonly sent: Sent
  /** Set when Justis means to refuse: what the counter gives the applicant. */
  readonly announced: { readonly grounds: string; readonly viewsUntil: string } | null
  readonly outcome: Outcome | null
  /** ms */
  readonly decidedAt: number | null
}

export interface CounterKinds extends DeskKinds {
  /** By number of the application. */
  file: CounterFile
  /** By hash of number and check code: what whoever is shown a certificate may know. Holds nobody's name. */
  certificate: { readonly issued: boolean; readonly at: number }
}

export type CounterPorts = DeskPorts<CounterKinds> & { readonly random: (bytes: number) => Uint8Array }

/** Letters and digits without look-alikes. */
const LETTERS = 'ABCDEFGHJKMNPQRSTVWXYZ23456789'

/** What the counter tells the applicant once. */
export interface Receipt {
  readonly ref: string
  /** For whoever is shown the certificate: 16 letters, 78 bits. */
  readonly code: string
  readonly sent: Sent
}

/** The counter of Justis: takes applications in, changes consent, gives out decisions; it never sees a file. */
export class Counter {
  readonly #ports: CounterPorts
  readonly #send

  constructor(ports: CounterPorts) {
    this.#ports = ports
    this.#send = sendAs(ports)
  }

  /** A new number: says nothing of anybody. */
  newRef(kind: string): string {
    return `${kind}-${this.#letters(10)}`
  }

  async submit(application: Application, person: Person): Promise<Receipt> {
    const { drawer } = this.#ports
    const ref = application.applicationRef
    const sent = await this.#tell(application, null, person, 'first')
    if (!wentOut(sent)) return { ref, code: '', sent }
    drawer.put('file', ref, ref, { application, sent, announced: null, outcome: null, decidedAt: null })
    const code = this.#letters(16)
    drawer.put('certificate', hashOf(ref, code), ref, { issued: false, at: this.#ports.now() })
    return { ref, code: (code.match(/.{4}/g) ?? []).join('-'), sent }
  }

  file(ref: string): CounterFile | undefined {
    return this.#ports.drawer.get('file', ref)
  }

  files(): readonly CounterFile[] {
    return this.#ports.drawer.all('file').map(({ value }) => value)
  }

  /** From now on nobody abroad is asked any more; given again it is a new consent. Throws `NotNow` when there is nothing to change. */
  async changeConsent(ref: string, given: boolean, person: Person): Promise<Sent> {
    const file = this.#ports.drawer.get('file', ref)
    const { consent } = file?.application ?? {}
    const standing = consent?.withdrawnAt === null
    if (!file || file.outcome || standing === given) throw new NotNow(ref)
    const at = secondsOf(this.#ports.now())
    const changed = given
      ? { ref: this.newRef('C'), givenAt: at, withdrawnAt: null }
      : consent && { ...consent, withdrawnAt: at }
    const application = { ...file.application, consent: changed ?? null }
    const sent = await this.#tell(application, file.sent.handoff, person, `consent ${at}`)
    if (wentOut(sent)) this.#ports.drawer.put('file', ref, ref, { ...file, application })
    return sent
  }

  /** Decisions and announcements of refusal; anything else is nothing for a counter. */
  arrive({ type, data }: Handoff): void {
    const { drawer, now } = this.#ports
    const ref = String(data['applicationRef'])
    const file = drawer.get('file', ref)
    if (!file) return
    if (type === 'vog.refusal.intended') {
      const announced = { grounds: String(data['grounds']), viewsUntil: String(data['viewsUntil']) }
      drawer.put('file', ref, ref, { ...file, announced })
    } else if (type === 'vog.decision') {
      const outcome = data['outcome'] as Outcome
      drawer.put('file', ref, ref, { ...file, outcome, decidedAt: now() })
      for (const { id } of drawer.all('certificate', ref))
        drawer.put('certificate', id, ref, { issued: outcome === 'ISSUED', at: now() })
    }
  }

  /**
   * Whether there is a certificate: true or false, and false for everything that is not one: refused, not handled, not decided yet,
   * never applied for, a wrong code.
   */
  isIssued(ref: string, code: string): boolean {
    const letters = code.toUpperCase().replace(/[\s-]/g, '')
    return this.#ports.drawer.get('certificate', hashOf(ref.trim().toUpperCase(), letters))?.issued === true
  }

  purge(): number {
    const { drawer, now } = this.#ports
    const late = drawer.all('file').filter(({ value }) => isOver(value.decidedAt, KEPT_MS.decided, now()))
    for (const { id } of late) drawer.drop('file', id)
    for (const { id, value } of drawer.all('certificate'))
      if (value.at + KEPT_MS.certificate <= now()) drawer.remove('certificate', id)
    return late.length
  }

  #tell(application: Application, earlier: string | null, person: Person, what: string): Promise<Sent> {
    const out = applicationMessage(application, earlier, person, this.#ports.urnOf)
    return this.#send(`${application.applicationRef} ${what}`, out)
  }

  #letters(count: number): string {
    let text = ''
    while (text.length < count)
      for (const byte of this.#ports.random(count))
        if (byte < 8 * LETTERS.length && text.length < count) text += LETTERS[byte % LETTERS.length] ?? ''
    return text
  }
}

const isOver = (at: number | null, term: number, now: number): boolean => at !== null && at + term <= now

const hashOf = (ref: string, letters: string): string =>
  createHash('sha256').update(`schakel-vog:${ref}:${letters}`).digest('base64url')

import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Duty, MessageStatus } from '#sdk/gateway-answers.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import { Authority } from '#services/records/authority.ts'
import { Counter } from '#services/records/counter.ts'
import { Drawer } from '#services/records/drawer.ts'
import type { Link } from '#services/records/link.ts'
import type { Records } from '#services/records/open-records.ts'
import { Register } from '#services/records/register.ts'
import { vogContext } from '#services/records/vog-desk.ts'
import { ROOT } from '../rooms/source-files.ts'
import { MEMBERS } from './records-samples.ts'

export const urnOf = (ref: string): string => {
  if (ref === 'ms-pl/register') throw new Error('nobody')
  return `urn:nld:oin:00000099000000009999:systeem:${ref.replace('/', '-')}`
}

type Verdict = 'permit' | 'permit-redacted' | 'hold' | 'deny'

const CONSENT_MISSING = {
  code: 'CONSENT_MISSING',
  nl: 'De toestemming van de betrokkene ontbreekt.',
  en: 'The consent of the person is missing.',
}

/** An exchange that says what a test wants, and remembers what it was given. */
export class FakeLink {
  readonly said: { readonly type: string; readonly publication: Readonly<Record<string, unknown>> }[] = []
  readonly duty = new Map<string, readonly Duty[]>()
  /** What the next messages get, one after the other; then `permit`. */
  next: (Verdict | 'reused' | 'unanswered')[] = []
  /** What became of a message that was sent before. */
  earlier: MessageStatus | undefined
  readonly urn: string

  constructor(ref: string) {
    this.urn = urnOf(ref)
  }

  get link(): Link {
    return this as unknown as Link
  }

  async publish(type: string, publication: { readonly id?: string }): Promise<MessageStatus> {
    this.said.push({ type, publication: publication as Readonly<Record<string, unknown>> })
    const id = publication.id ?? ''
    const what = this.next.shift() ?? 'permit'
    if (what === 'unanswered') return { id, state: 'accepted', at: null, error: null, handoffs: [] }
    if (what !== 'reused') return statusOf(id, what, `ho-1-${this.said.length}`)
    const error = { code: 'MSG_ID_REUSED', title: 'used', pointer: null, next: '' }
    return { id, state: 'refused', at: null, error, handoffs: [] }
  }

  async status(): Promise<MessageStatus> {
    if (!this.earlier) throw new Error('never sent')
    return this.earlier
  }

  async duties(handoff: string): Promise<readonly Duty[]> {
    return this.duty.get(handoff) ?? []
  }
}

export function statusOf(id: string, kind: Verdict, handoff: string): MessageStatus {
  const reasons = kind === 'permit' ? [] : [CONSENT_MISSING]
  const verdict = { kind, reasons }
  return {
    id,
    state: 'decided',
    at: null,
    error: null,
    handoffs: [{ handoff, verdict } as unknown as MessageStatus['handoffs'][number]],
  }
}

/** The four desks, each with a fake link and a drawer in memory, on a clock that stands. */
export class FakeDesks {
  now = Date.UTC(2026, 3, 15, 12)
  readonly loket = new FakeLink('justis/loket')
  readonly assessor = new FakeLink('justis/vog')
  readonly ecris = new FakeLink('justid/ecris')
  readonly jd = new FakeLink('justid/jd')
  readonly body = new FakeLink('ms-de/register')
  readonly records: Records

  constructor() {
    const ports = { urnOf, now: () => this.now }
    const random = (count: number) => randomBytes(count)
    this.records = {
      counter: new Counter({ ...ports, link: this.loket.link, drawer: new Drawer(':memory:'), random }),
      vog: vogContext({
        ...ports,
        link: this.assessor.link,
        drawer: new Drawer(':memory:'),
        members: MEMBERS,
      }),
      authority: new Authority({
        ...ports,
        link: this.ecris.link,
        drawer: new Drawer(':memory:'),
        bodyLink: async () => this.body.link,
      }),
      register: new Register({
        ...ports,
        link: this.jd.link,
        drawer: new Drawer(':memory:'),
        judgments: async () => [],
      }),
      close: async () => {},
    }
  }
}

/** A hand-off as the SDK gives it, as far as a desk looks. */
export function arrived(type: string, data: object, change: Partial<Handoff> = {}): Handoff {
  const whole = {
    handoff: `ho-2-${type}-${randomBytes(3).toString('hex')}`,
    type,
    at: '2026-04-15T12:00:00.000Z',
    data,
    evidence: `label of ${type}`,
    obligations: [],
    from: urnOf('justis/loket'),
    to: urnOf('justid/ecris'),
    ...change,
  }
  return whole as unknown as Handoff
}

interface DutyWords {
  readonly duty: string
  readonly article: string
  readonly verified: boolean
  readonly nl: string
  readonly en: string
}

function wordsOf(duty: string): DutyWords {
  const text = readFileSync(join(ROOT, 'contracts/register/duties.json'), 'utf8')
  const row = (JSON.parse(text) as { rows: readonly DutyWords[] }).rows.find((one) => one.duty === duty)
  if (!row) throw new Error(`no duty ${duty}`)
  const { article, verified, nl, en } = row
  return { duty, article, verified, nl, en }
}

/** A deadline as the gateway tells it. */
export function dutyOf(duty: string, state: Duty['state']): Duty {
  return {
    kind: 'act',
    owner: 'recipient',
    state,
    awaits: state === 'awaiting' ? 'identity' : null,
    due: state === 'awaiting' ? null : '2026-05-08T22:00:00.000Z',
    remindAt: null,
    reminded: state === 'open',
    since: '2026-04-10T09:00:00.000Z',
    ...wordsOf(duty),
  }
}

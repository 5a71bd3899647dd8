import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { ContactPolicy, TipReport } from '#services/tips/read-tip-form.ts'
import { newForm, ReporterSide } from '#services/tips/reporter-side.ts'
import { type Link, StaffSide } from '#services/tips/staff-side.ts'
import { TIP_STATUSES, type TipStatus } from '#services/tips/tip-file.ts'
import { TipStore } from '#services/tips/tip-store.ts'
import { PageRefusal } from '#web/page-refusal.ts'

const POLICE = 'urn:police'
const KEEP_MS = 1_000
const CONTACT = 'contact-van-de-melder'
type Data = { readonly tipRef?: string; readonly reporterHandle: string }
type Verdict = 'permit' | 'permit-redacted' | 'hold' | 'deny'

const step = fc.oneof(
  fc.record({
    kind: fc.constant('tell' as const),
    policy: fc.constantFrom<ContactPolicy>('POLICE_OK', 'HOTLINE_ONLY', 'ANONYMOUS'),
  }),
  fc.record({
    kind: fc.constantFrom('forward', 'aside', 'ask', 'relay', 'answer', 'pass'),
    at: fc.nat(5),
    verdict: fc.constantFrom<Verdict>('permit', 'permit-redacted', 'hold', 'deny'),
  }),
  fc.record({ kind: fc.constant('feed' as const), at: fc.nat(5), status: fc.constantFrom(...TIP_STATUSES) }),
  fc.record({ kind: fc.constant('settle' as const), verdict: fc.constantFrom<Verdict>('permit', 'deny') }),
  fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(400) }),
)

type Step = typeof step extends fc.Arbitrary<infer One> ? One : never

/** A hotline in memory, with everything that left it. */
class Hotline {
  readonly store = new TipStore(':memory:')
  readonly sent: { readonly handle: string; readonly text: string }[] = []
  readonly permitted: string[] = []
  readonly codes = new Map<string, string>()
  readonly policies = new Map<string, ContactPolicy>()
  now = 0
  verdict: Verdict = 'permit'
  handoffs = 0
  readonly reporter = new ReporterSide(this.store, () => this.now, KEEP_MS)
  readonly staff = new StaffSide({
    store: this.store,
    police: POLICE,
    now: () => this.now,
    link: {
      publish: async (type: string, publication: { readonly id: string; readonly data: Data }) => {
        const { tipRef = publication.id, reporterHandle } = publication.data
        this.sent.push({ handle: reporterHandle, text: JSON.stringify(publication) })
        if (this.verdict.startsWith('permit')) this.permitted.push(`${type} ${tipRef}`)
        return this.#status()
      },
      status: async () => this.#status(),
      flush: async () => [],
    } as unknown as Link,
  })

  #status() {
    return {
      state: 'decided',
      error: null,
      handoffs: [{ handoff: 'h', verdict: { kind: this.verdict, reasons: [] } }],
    }
  }

  tell(policy: ContactPolicy): void {
    const report: TipReport = {
      facts: 'Gezien.',
      place: 'Cebu',
      country: 'PH',
      observedAt: null,
      suspectDescription: null,
      childAtRisk: false,
      contactPolicy: policy,
      contact: policy === 'ANONYMOUS' ? null : CONTACT,
    }
    const known = new Set(this.store.tips().map(({ ref }) => ref))
    const code = this.reporter.take(report, newForm())
    const tip = this.store.tips().find(({ ref }) => !known.has(ref))
    if (!tip) throw new Error('nothing was kept')
    this.codes.set(tip.ref, code)
    this.policies.set(tip.handle, policy)
  }

  async play(one: Step): Promise<void> {
    if (one.kind === 'tell') return this.tell(one.policy)
    if (one.kind === 'wait') {
      this.now += one.ms
      this.store.purge(this.now)
      return
    }
    if ('verdict' in one) this.verdict = one.verdict
    if (one.kind === 'settle') return this.staff.refresh()
    const { ref = 'none' } = this.store.tips()[one.at] ?? {}
    const { handoff = 'none' } = this.store.questions(ref).at(-1) ?? {}
    const review = { actor: 'mp-11', assessment: 'Goed.', facts: 'Gelezen.', suspectDescription: null }
    if (one.kind === 'feed') this.arrive('tip.feedback', { tipRef: ref, status: one.status })
    if (one.kind === 'ask')
      this.arrive('tip.followup.question', { tipRef: ref, questionId: 'Q', question: 'Geheim?' })
    if (one.kind === 'forward') await this.staff.forward(ref, review)
    if (one.kind === 'aside') this.staff.setAside(ref)
    if (one.kind === 'relay') this.staff.relay(handoff)
    if (one.kind === 'pass') await this.staff.passOn(handoff, { actor: 'mp-11', answer: 'Blauw' })
    const visit = this.reporter.visit(this.codes.get(ref) ?? '')
    if (one.kind === 'answer' && visit.kind === 'found') this.reporter.answer(visit, handoff, 'Blauw')
  }

  arrive(type: string, data: Readonly<Record<string, unknown>>): void {
    this.handoffs += 1
    this.staff.arrive({ handoff: `q-${this.handoffs}`, type, from: POLICE, data } as unknown as Handoff)
  }
}

describe('whatever the staff, the reporters, the police and the clock do', () => {
  it('the contact leaves only where the police may have it, a tip goes out once, words never go back', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const hotline = new Hotline()
        const words = new Map<string, TipStatus>()
        for (const one of [{ kind: 'tell' as const, policy: 'HOTLINE_ONLY' as const }, ...steps]) {
          try {
            await hotline.play(one)
          } catch (error) {
            if (!(error instanceof PageRefusal)) throw error
          }
          for (const tip of hotline.store.tips()) {
            expect(tip.keepUntil).toBeGreaterThan(hotline.now)
            const before = words.get(tip.ref) ?? 'RECEIVED'
            expect(TIP_STATUSES.indexOf(tip.status)).toBeGreaterThanOrEqual(TIP_STATUSES.indexOf(before))
            words.set(tip.ref, tip.status)
            const visit = hotline.reporter.visit(hotline.codes.get(tip.ref) ?? '')
            expect(visit.kind).toBe('found')
            if (visit.kind === 'found')
              expect(visit.questions.every(({ state }) => state !== 'received')).toBe(true)
          }
        }
        for (const { handle, text } of hotline.sent)
          expect(text.includes(CONTACT)).toBe(hotline.policies.get(handle) === 'POLICE_OK')
        expect(new Set(hotline.permitted).size).toBe(hotline.permitted.length)
        hotline.store.close()
      }),
      { numRuns: 60 },
    )
  })
})

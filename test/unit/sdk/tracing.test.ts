import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Publication } from '#sdk/build-content.ts'
import { type SpanAbout, type SpanName, type Tracing, traceHeader } from '#sdk/tracing.ts'
import { SdkHarness } from '../../support/sdk-harness.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const TRACE = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
const feedback: Publication = {
  to: [{ to: urn(OINS.ecpat, 'meldpunt'), purpose: 'feedback', basis: 'no-personal-data' }],
  data: { tipRef: 'T-1', status: 'RECEIVED' },
  context: { regime: 'GDPR', handling: 'GREEN' },
  preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
}

const harness = new SdkHarness()
beforeAll(() => harness.start())
afterAll(() => harness.stop())

class Seen implements Tracing {
  readonly spans: { name: SpanName; about: SpanAbout; failed: boolean }[] = []
  readonly #trace: string | undefined
  constructor(trace: string | undefined) {
    this.#trace = trace
  }

  async span<T>(
    name: SpanName,
    about: SpanAbout,
    work: (trace: string | undefined) => Promise<T>,
  ): Promise<T> {
    const span = { name, about, failed: false }
    this.spans.push(span)
    try {
      return await work(this.#trace)
    } catch (error) {
      span.failed = true
      throw error
    }
  }
}

describe('a partner’s own tracing', () => {
  it.each(['', 'nonsense', TRACE.toUpperCase(), `${TRACE}-x`, TRACE.replace('00-', '01-')])(
    '%j goes to no door',
    (trace) => {
      expect(traceHeader(trace)).toEqual({})
    },
  )

  it('a trace that is none costs no message', async () => {
    const tbkk = await harness.connect(OINS.tbkk, 'zaken', { tracing: new Seen('nonsense') })
    expect(await tbkk.publish('tip.feedback', { ...feedback, wait: 0 })).toMatchObject({ state: 'accepted' })
  })

  it('is told of what was sent, by ids alone, and its trace is linked at the door', async () => {
    const seen = new Seen(TRACE)
    const tbkk = await harness.connect(OINS.tbkk, 'zaken', { tracing: seen })
    const { id } = await tbkk.publish('tip.feedback', { ...feedback, wait: 0 })
    expect(seen.spans).toEqual([
      { name: 'schakel.publish', about: { message: id, type: 'nl.schakel.tip.feedback.v1' }, failed: false },
    ])
    // It ends there: no record has it.
    expect(JSON.stringify(harness.gateway.inbound.at(-1)?.inbound.attributes)).not.toContain('4bf92f')
  })

  it('and of what failed', async () => {
    const seen = new Seen(undefined)
    const tbkk = await harness.connect(OINS.tbkk, 'zaken', { tracing: seen })
    harness.gateway.logDown = true
    await tbkk.publish('tip.feedback', { ...feedback, wait: 0 }).catch(() => undefined)
    harness.gateway.logDown = false
    expect(seen.spans.map(({ failed }) => failed)).toEqual([true])
  })
})

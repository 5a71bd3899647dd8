import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Accepted } from '#services/gateway/ports.ts'
import { GatewayHarness } from '../../support/gateway-harness.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const harness = new GatewayHarness()
const ecpat = harness.identity(OINS.ecpat)
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const JWE = [20, 30, 16, 40, 22].map((length) => 'A'.repeat(length)).join('.')
const accepted: Accepted[] = []
let ignored = 0

beforeAll(() =>
  harness.start({
    observe: {
      accepted: (one) => void accepted.push(one),
      traceIgnored: () => {
        ignored += 1
      },
    },
  }),
)
afterAll(() => harness.gateway.close())

const post = (more: Record<string, string>) =>
  harness.call('/v1/messages', {
    method: 'POST',
    as: ecpat,
    body: JWE,
    headers: {
      'content-type': 'application/jose',
      'ce-specversion': '1.0',
      'ce-id': '0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6a01',
      'ce-source': urn(OINS.ecpat, 'meldpunt'),
      'ce-type': 'nl.schakel.tip.ngo.forwarded.v1',
      'ce-subject': '0123456789abcdef0123456789abcdef',
      'ce-time': '2026-11-24T12:00:00Z',
      'ce-dataschema': 'https://schakel.example.nl/schemas/nl.schakel.tip.ngo.forwarded.v1',
      ...more,
    },
  })

describe('a sender’s trace context', () => {
  it('tracestate is refused like any attribute that nobody knows', async () => {
    const reply = await post({ 'ce-tracestate': 'a=secret' })
    expect([reply.status, reply.json['code']]).toEqual([400, 'MSG_CLAIM'])
    expect(harness.inbound).toEqual([])
  })

  it('one that is not well formed is counted and nothing else', async () => {
    expect((await post({ 'ce-traceparent': 'Jan Jansen' })).status).toBe(202)
    expect([ignored, accepted.at(-1)?.link]).toEqual([1, undefined])
  })

  it('ends at the door: a link for who looks on, in no byte of the log', async () => {
    expect((await post({ 'ce-traceparent': `00-${TRACE}-${SPAN}-01` })).status).toBe(202)
    expect(accepted.at(-1)?.link).toEqual({ traceId: TRACE, spanId: SPAN })
    const log = JSON.stringify(harness.inbound)
    expect([log.includes(TRACE), log.includes(SPAN), log.includes('traceparent')]).toEqual([
      false,
      false,
      false,
    ])
  })
})

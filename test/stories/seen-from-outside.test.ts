/** A whole story with marked values, refused and malformed inputs included: none of them in a log byte, a metric, a span or a probe. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { followLogMetrics } from '#adapters/telemetry/log-metrics.ts'
import { logSpans } from '#adapters/telemetry/log-spans.ts'
import { openLogger } from '#adapters/telemetry/logger.ts'
import { createMetrics } from '#adapters/telemetry/metrics.ts'
import { startTracing } from '#adapters/telemetry/tracing.ts'
import { Failure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { certificateCheck } from '#core/message/certificate-check.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import { transitOpener } from '#services/cli/open-transit.ts'
import { openTelemetry } from '#services/cli/running/open-telemetry.ts'
import { readPublished } from '#services/cli/running/read-published.ts'
import { type ServiceHooks, serviceHooks } from '#services/cli/running/service-hooks.ts'
import { type RunningGateway, startGateway } from '#services/gateway/run.ts'
import { type RunningSchakel, schakel, schakelUp } from '../support/cli-harness.ts'
import { findPlaintext } from '../support/find-plaintext.ts'

const home = mkdtempSync(join(tmpdir(), 'schakel-outside-'))
const data = join(home, 'data')
const TRACE = '0af7651916cd43dd8448eb211c80319c'
const MARKED = [
  'Fictief Persoon-7c1e',
  '999990019',
  'Geheime bron 5b2d',
  'Schuilplaats 44f0',
  'kenmerk-9d3a',
  'h5d1f9c77',
]
const SENT_TRACE = [TRACE, 'b7ad6b7169203331']

const tip = {
  type: 'tip.ngo.forwarded',
  to: [{ to: 'urn:nld:oin:00000099000000002000:systeem:zaken', purpose: 'intake', basis: 'uavg-33' }],
  context: { regime: 'GDPR', handling: 'AMBER' },
  preparedBy: { actor: 'Fictief Persoon-7c1e', role: 'analist', automated: false },
  withhold: ['reporterContact'],
  data: {
    tipRef: 'kenmerk-9d3a',
    facts: 'Geheime bron 5b2d, bsn 999990019',
    place: 'Schuilplaats 44f0',
    country: 'PH',
    ngoAssessment: 'serious',
    contactPolicy: 'HOTLINE_ONLY',
    reporterHandle: 'h5d1f9c77',
    childAtRisk: true,
  },
}
const unlawful = {
  ...tip,
  to: [{ ...tip.to[0], to: 'urn:nld:oin:00000099000000006000:systeem:vreemdelingen' }],
}

const logged: string[] = []
const logger = openLogger('gateway', { write: (text: string) => void logged.push(text) })
const metrics = createMetrics()
const exporter = new InMemorySpanExporter()
const tracing = startTracing({ service: 'gateway', exporter, dropped: () => {} })
let up: RunningSchakel
let store: Store
let gateway: RunningGateway
let hooks: ServiceHooks
let following: Promise<void>
const stopping = new AbortController()

async function ownGateway(): Promise<RunningGateway> {
  const { log, view, control, clock, random, codecs, keys, paths } = store
  const pem = (name: string) => readFileSync(join(paths.pki, name), 'utf8')
  return startGateway({
    host: '127.0.0.1',
    port: 0,
    tls: { key: pem('gateway.key.pem'), cert: pem('gateway.cert.pem'), ca: pem('ca.pem') },
    log,
    encodeInbound: codecs.inbound.encode,
    view,
    control,
    certificates: certificateCheck,
    openTransit: transitOpener(keys),
    tiles: async () => ({ status: 404, headers: {}, body: new Uint8Array() }),
    clock,
    random,
    report: hooks.report('gateway'),
    observe: hooks.gateway,
  })
}

const publish = (message: object) => {
  writeFileSync(join(home, 'message.json'), JSON.stringify(message))
  const args = ['--as', 'ecpat/meldpunt', '--gateway', gateway.url, '--json']
  return schakel(data, ['publish', join(home, 'message.json'), ...args])
}

/** As ECPAT, but not by our SDK: any header, any body. */
function post(headers: Record<string, string>, body: string): Promise<number> {
  const pem = (name: string) => readFileSync(join(store.paths.partners, 'ecpat', name), 'utf8')
  const tls = {
    key: pem('tls.key.pem'),
    cert: pem('tls.cert.pem'),
    ca: readFileSync(join(store.paths.pki, 'ca.pem')),
  }
  return new Promise((resolve, reject) => {
    const call = request(
      `${gateway.url}/v1/messages`,
      {
        ...tls,
        method: 'POST',
        agent: false,
        headers: { ...headers, 'content-length': Buffer.byteLength(body) },
      },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

const attributes = (id: string) => ({
  'content-type': 'application/jose',
  'ce-specversion': '1.0',
  'ce-id': id,
  'ce-source': 'urn:nld:oin:00000099000000001000:systeem:meldpunt',
  'ce-type': 'nl.schakel.tip.ngo.forwarded.v1',
  'ce-subject': '0123456789abcdef0123456789abcdef',
  'ce-time': '2026-11-24T12:00:00Z',
  'ce-dataschema': 'https://schakel.example.nl/schemas/nl.schakel.tip.ngo.forwarded.v1',
  'ce-traceparent': `00-${TRACE}-b7ad6b7169203331-01`,
})

beforeAll(async () => {
  expect((await schakel(data, ['init'])).code).toBe(0)
  up = await schakelUp(data)
  store = await openStore(data)
  hooks = serviceHooks({ logId: store.logId, metrics, tracing, logger })
  gateway = await ownGateway()
  following = store.view.run(stopping.signal)
}, 180_000)

afterAll(async () => {
  await gateway.close()
  stopping.abort()
  await following
  await store.close()
  await up.stop()
  await tracing.close()
  rmSync(home, { recursive: true, force: true })
})

const JWE = [20, 30, 16, 40, 22].map((length) => 'A'.repeat(length)).join('.')

describe('a story seen from outside', { timeout: 180_000 }, () => {
  it('plays: permitted, refused by law, refused at the door, refused when opened, thrown at', async () => {
    const { log, codecs, keys, view, clock, logId, paths } = store
    await view.catchUp()
    const spans = logSpans({ logId, log, codecs, view, tracing })
    const published = () => readPublished(paths.ledger)
    const watch = followLogMetrics({ log, codecs, keys, view, clock, published, also: [spans] }, metrics)
    const sent = await publish(tip)
    expect([sent.code, sent.json.length]).toEqual([0, 1])
    expect((await publish(unlawful)).code).toBe(1)
    const id = '0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6a01'
    expect(await post(attributes(id), JWE)).toBe(202)
    expect(await post({ ...attributes(id), 'ce-name': MARKED[0] ?? '' }, JWE)).toBe(400)
    expect(await post(attributes(id), JSON.stringify(tip))).toBe(400)
    expect(await post({ ...attributes(id), 'ce-subject': '999990019' }, JWE)).toBe(400)
    hooks.exchange({ kind: 'bug', partition: 1, n: 3, error: new TypeError(MARKED.join(' ')) })
    hooks.report('courier')(new Failure('OPS_DELIVERY', MARKED[1], MARKED[2]), MARKED[3] ?? '')
    await expect
      .poll(
        async () => {
          await view.catchUp()
          await watch.poll()
          return view.message('00000099000000001000', id)?.answer
        },
        { timeout: 60_000 },
      )
      .toBe('refused')
  })

  it('metrics tell what happened', async () => {
    const text = await metrics.text()
    expect(text).toMatch(/schakel_verdicts_total\{verdict="permit-redacted",code="none"\} [1-9]/)
    expect(text).toMatch(/schakel_verdicts_total\{verdict="deny",code="[A-Z_]+"\} [1-9]/)
    expect(text).toMatch(/schakel_verdicts_total\{verdict="refused",code="MSG_[A-Z_]+"\} 1/)
    expect(text).toMatch(/schakel_accepted_total [3-9]/)
    expect(text).toContain('schakel_failures_total{service="exchange",code="BUG_UNEXPECTED"} 1')
  })

  it('an answer hangs below its acceptance, which links to the sender’s own trace', async () => {
    await tracing.flush()
    const spans = exporter.getFinishedSpans()
    const accept = spans.find((span) => span.name === 'gateway.accept' && span.links.length > 0)
    expect(accept?.links[0]?.context.traceId).toBe(TRACE)
    const answers = spans.filter((span) => span.name === 'exchange.answer')
    const below = answers.find((span) => span.parentSpanContext?.spanId === accept?.spanContext().spanId)
    expect(below?.spanContext().traceId).toBe(accept?.spanContext().traceId)
    expect(spans.some((span) => span.spanContext().traceId === TRACE)).toBe(false)
  })

  it('no marked value, sealed byte or key is in a log line, metric or span', async () => {
    const spans = exporter
      .getFinishedSpans()
      .map(({ name, attributes: given, links, resource, status, events }) => ({
        name,
        given,
        status,
        events,
        resource: resource.attributes,
        links: links.map(({ attributes: of }) => of ?? {}),
      }))
    const said = Buffer.from([...logged, await metrics.text(), JSON.stringify(spans)].join('\n'), 'utf8')
    expect(logged.length).toBeGreaterThan(1)
    expect(spans.length).toBeGreaterThan(3)
    expect(findPlaintext(MARKED, said)).toEqual([])
    const kinds = ['accountability', 'intake', 'label', 'label-seal', 'operator', 'transit', 'case'] as const
    const keys = (await Promise.all(kinds.map((kind) => store.keys.list(kind)))).flat()
    expect(keys.length).toBeGreaterThan(3)
    for (const { bytes } of keys)
      for (const encoding of ['hex', 'base64', 'base64url', 'latin1'] as const)
        expect(said.includes(Buffer.from(bytes).toString(encoding).slice(0, 40))).toBe(false)
    for (const part of ['eyJ', 'urn:nld:oin', 'ho-', JWE.slice(0, 30)])
      expect([part, said.includes(part)]).toEqual([part, false])
  })
})

describe('and beside it', { timeout: 180_000 }, () => {
  it('what the sender sent as its trace is in no record', async () => {
    for (let partition = 0; partition < 16; partition += 1)
      for (const topic of ['inbound', 'outcomes'] as const)
        for (const { value, headers } of await store.log.read(topic, partition, 0))
          for (const id of SENT_TRACE) {
            expect(Buffer.from(value).includes(id)).toBe(false)
            expect(JSON.stringify(headers)).not.toContain(id)
          }
  })

  it('top and ldv export say the same of the same store', async () => {
    const top = await schakel(data, ['top', '--once', '--json'])
    expect(top.code).toBe(0)
    expect(top.json[0]).toMatchObject({ lag: Array(16).fill(0), parked: 0 })
    const picture = await schakel(data, ['top', '--once'])
    expect(picture.stdout).toContain('permit-redacted')
    const ldv = await schakel(data, ['ldv', 'export', '--json'])
    expect([ldv.code, ldv.json.length > 2]).toEqual([0, true])
    expect(findPlaintext(MARKED, Buffer.from(ldv.stdout + top.stdout + picture.stdout))).toEqual([])
    expect((await schakel(data, ['ldv', 'export', '--from', 'yesterday'])).code).toBe(2)
    if (process.env['SCHAKEL_TOP_PICTURE']) writeFileSync(process.env['SCHAKEL_TOP_PICTURE'], picture.stdout)
  })

  it('a process with all of it answers, is found by top, drains, and leaves nothing', async () => {
    const services = new Set(['gateway', 'courier', 'ledger'])
    const shown = await openTelemetry(store, { data, name: 'gateway-a', services, port: 0, logger })
    const ready = () => fetch(`${shown.url}/health/ready`)
    const well = await ready()
    expect(await well.json()).toEqual({
      status: 'ok',
      checks: { log: 'ok', view: 'ok', control: 'ok', ledger: 'ok' },
    })
    const found = async () => (await schakel(data, ['top', '--once', '--json'])).json[0]?.['services']
    // Beside it the process that `up` started.
    expect(await found()).toHaveLength(2)
    expect(await found()).toContainEqual({ name: 'gateway-a', status: 'ok', reasons: [] })
    const text = await (await fetch(`${shown.url}/metrics`)).text()
    expect(text).toContain('schakel_ready{service="ledger"} 1')
    expect(text).toMatch(/schakel_ledger_lag_leaves [0-9]/)
    const id = 'ho-1-2-00000000000000aa' as HandoffId
    expect(shown.hooks.courier.traceparent?.(id)).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/)
    shown.health.drain()
    expect((await ready()).status).toBe(503)
    await shown.close()
    await expect(ready()).rejects.toThrow()
    expect(await found()).toHaveLength(1)
  })
})

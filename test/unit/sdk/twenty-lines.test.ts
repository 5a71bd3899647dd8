import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { SdkHarness } from '../../support/sdk-harness.ts'
import { OINS, urn } from '../../support/test-epoch.ts'
import { partner } from '../../support/twenty-lines.ts'

const read = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8')
const bodyOf = (text: string) =>
  text.slice(text.indexOf('export async function partner')).split('\n}\n')[0] ?? ''

const harness = new SdkHarness()
beforeAll(async () => {
  // The partner's code uses the clock of its machine.
  harness.gateway.now = Date.now()
  harness.gateway.readAt = harness.gateway.now
  harness.gateway.revoke([])
  await harness.start()
})
afterAll(() => harness.stop())

it('is what the manual shows, in at most 20 lines', () => {
  const code = bodyOf(read('test/support/twenty-lines.ts'))
  expect(read('docs/how-to/connect-a-partner.md')).toContain(code)
  expect(code.split('\n').length + 1).toBeLessThanOrEqual(20)
})

it('receives, acknowledges, answers with evidence', async () => {
  const ecpat = await harness.connect(OINS.ecpat, 'meldpunt')
  await ecpat.publish('tip.feedback', {
    to: [{ to: urn(OINS.tbkk, 'zaken'), purpose: 'feedback', basis: 'no-personal-data' }],
    data: { tipRef: 'TIP-9', status: 'ASSESSED' },
    context: { regime: 'GDPR', handling: 'GREEN' },
    preparedBy: { actor: 'mp-11', role: 'medewerker', automated: false },
    wait: 0,
  })
  const { handoff } = harness.deliver(harness.taken(), { show: ['tipRef', 'status'] })
  const stop = new AbortController()
  const { inbound } = harness.gateway
  const before = inbound.length
  const running = partner(
    harness.gateway.gateway.url,
    harness.path(OINS.tbkk),
    urn(OINS.ecpat, 'meldpunt'),
    stop.signal,
  )
  await harness.answerNext(before)
  await harness.answerNext(before + 1)
  stop.abort()
  await running
  const [acknowledged, feedback] = inbound.slice(before).map((entry) => entry.inbound.attributes)
  expect(acknowledged).toMatchObject({ type: 'nl.schakel.acknowledged.v1', subject: handoff })
  expect(feedback).toMatchObject({ type: 'nl.schakel.tip.feedback.v1', subject: handoff })
})

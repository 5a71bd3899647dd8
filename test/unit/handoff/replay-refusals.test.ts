/** A message that was refused is refused again, or somebody kept it from its recipients (design §6, Replay). */
import { describe, expect, it } from 'vitest'
import { ContentReader } from '#services/cli/replay/content.ts'
import { refusalDifference } from '#services/cli/replay/judge-refusal.ts'
import { PARTITION, RealExchange, type Sent } from '../../support/real-exchange.ts'
import { story } from '../../support/story-messages.ts'

async function refused(over: Partial<Sent>, receivedAt?: number) {
  const exchange = new RealExchange()
  const { outcome } = await exchange.put(exchange.inbound({ ...story.tip(), ...over }), receivedAt)
  const at = receivedAt ?? exchange.at
  const place = { partition: PARTITION, seq: outcome.seq }
  const content = await new ContentReader(exchange.keys).reopen(outcome.archive, place, at, exchange.epoch)
  const judge = (code: string | null) => refusalDifference(code ?? '', content, at)
  return { code: outcome.answer.code, judge }
}

describe('replay of a refusal', () => {
  it('gives it again', async () => {
    const data = { ...story.tip().data, tipRef: 7 }
    for (const over of [{ data }, { to: [] }, { context: { regime: 'G D P R' } }]) {
      const { code, judge } = await refused(over)
      expect(code).not.toBeNull()
      expect(judge(code)).toBeNull()
      expect(judge('MSG_SIGNATURE')).not.toBeNull()
    }
  })

  it('differs when the message was in order', async () => {
    const { code, judge } = await refused({})
    expect(code).toBeNull()
    for (const claimed of [
      'MSG_SIGNATURE',
      'MSG_DATA',
      'PEER_SUSPENDED',
      'MSG_LATE',
      'MSG_CONTENT_PROHIBITED',
    ])
      expect(judge(claimed)).toBe('refusal: in order')
  })

  it('knows what is late', async () => {
    const exchange = new RealExchange()
    const { code, judge } = await refused({}, exchange.at + 3_601_000)
    expect(code).toBe('MSG_LATE')
    expect(judge(code)).toBeNull()
  })
})

/** Approvals and acknowledgements are a partner's word: replay looks for the message that says so (design §6, Replay). */
import { describe, expect, it } from 'vitest'
import type { ApprovalGiven, Effect, StateChange } from '#core/handoff/outcome.ts'
import { ContentReader } from '#services/cli/replay/content.ts'
import { effectDifference, isPartnersWord } from '#services/cli/replay/judge-effect.ts'
import { type Answered, PARTITION, RealExchange } from '../../support/real-exchange.ts'
import { story } from '../../support/story-messages.ts'

const GDPR = { regime: 'GDPR', wpgClass: null, evaluation: null, personCategory: null, factOrOpinion: null }

const contentOf = (exchange: RealExchange, { outcome }: Answered) =>
  new ContentReader(exchange.keys).reopen(
    outcome.archive,
    { partition: PARTITION, seq: outcome.seq },
    exchange.at,
    exchange.epoch,
  )

async function approved() {
  const exchange = new RealExchange()
  const { rows } = await exchange.send(story.disclosure(true))
  const request = rows.find((row) => row.asks?.guard === 'wpg19-ovj')
  if (!request?.asks) throw new Error('nobody was asked')
  const until = new Date(exchange.at + 86_400_000).toISOString()
  const answered = await exchange.send({
    type: 'approval.given',
    from: 'om-lp/parket',
    to: [],
    data: {
      handOff: request.asks.handoff,
      digest: request.sdHash,
      guard: 'wpg19-ovj',
      until,
      granted: false,
      actor: 'ovj-4',
      role: 'OVJ',
    },
    context: GDPR,
    toExchange: { subject: request.handoff as never },
  })
  const effect = answered.outcome.effects.find((one): one is ApprovalGiven => one.kind === 'approval')
  if (!effect) throw new Error('no approval')
  return { effect, content: await contentOf(exchange, answered) }
}

describe('replay of a partner’s word', () => {
  it('knows an approval that was given, and one that was given otherwise', async () => {
    const { effect, content } = await approved()
    expect(isPartnersWord(effect)).toBe(true)
    expect(effectDifference(effect, content)).toBeNull()
    for (const change of [{ granted: true }, { guard: 'wpg19-controller' }, { role: 'X' }, { until: 1 }]) {
      const [name] = Object.keys(change)
      expect(effectDifference({ ...effect, ...change }, content)).toBe(`approval: another ${name}`)
    }
  })

  it('knows one that nobody gave', async () => {
    const { effect } = await approved()
    const exchange = new RealExchange()
    const content = await contentOf(exchange, await exchange.send(story.tip()))
    expect(effectDifference(effect, content)).toBe('approval: nobody said so')
    const delivered: StateChange = {
      kind: 'state',
      handoff: effect.handoff,
      state: 'delivered',
      cause: 'acknowledged',
      deadline: null,
      sealed: null,
      sdHash: null,
    }
    expect(effectDifference(delivered, content)).toBe('state: nobody said so')
    const expired: Effect = { ...delivered, state: 'expired', cause: 'deadline' }
    expect(isPartnersWord(expired)).toBe(false)
  })
})

/** What replay says of a record that was changed together with everything that only points to it (design §6, Replay). */
import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import { openArchive, openDecisions } from '#core/handoff/archive.ts'
import { createDoorway } from '#core/handoff/doorway.ts'
import type { KeyAccess } from '#core/handoff/evaluator.ts'
import { ServiceKeys } from '#core/handoff/service-keys.ts'
import { decideHandoff } from '#core/handoff/stages.ts'
import { differenceOf } from '#services/cli/replay/compare.ts'
import { PARTITION, RealExchange } from '../../support/real-exchange.ts'
import { story } from '../../support/story-messages.ts'

async function replayed() {
  const exchange = new RealExchange()
  const { outcome } = await exchange.send(story.tip())
  const { epoch, at } = exchange
  const keys: KeyAccess = {
    get: (id) => exchange.keys.get(id),
    ensure: () => Promise.reject(new Error('no')),
  }
  const place = { partition: PARTITION, seq: outcome.seq }
  const sdJwt = outcome.archive && (await openArchive(keys, outcome.archive, place))
  const records = outcome.decisions && (await openDecisions(keys, outcome.decisions, place))
  const record = records?.[0]
  if (!sdJwt || !record) throw new Error('nothing to replay')
  const verified = await createDoorway(new ServiceKeys()).verifyArchived(sdJwt, at, { epoch, keys })
  const decided = decideHandoff(verified, 0, epoch, at, NO_APPROVALS)
  const judge = (change: Partial<DecisionRecord>) => differenceOf({ ...record, ...change }, epoch, decided)
  return { judge, record }
}

describe('replay', () => {
  it('finds nothing in a record as it was, and says what is another', async () => {
    const { judge, record } = await replayed()
    const other = 'A'.repeat(43)
    expect(record.sdHash).not.toBeNull()
    expect(judge({})).toBeNull()
    expect(judge({ sdHash: other as never })).toBe('presentation')
    expect(judge({ message: other as never })).toBe('message')
  })
})

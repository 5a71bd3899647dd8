import { describe, expect, it } from 'vitest'
import { approvalAsks } from '#core/decision/approvers.ts'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { type ApprovalInput, judgeApprovals, NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { ApprovalGiven } from '#core/handoff/outcome.ts'
import type { Digest, HandoffId, TypeName } from '#core/ids.ts'
import { testEpoch } from '../../support/contracts.ts'
import { story } from '../../support/story-messages.ts'
import { NOW, urn, verifiedMessage } from '../../support/verified-message.ts'

const epoch = testEpoch()
const SHOWN = ['suspectName', 'items']
const GUARD = 'wpg19-controller'

const given = (over: Partial<ApprovalGiven> = {}): ApprovalGiven => ({
  kind: 'approval',
  handoff: 'ho-1-1-0123456789abcdef' as HandoffId,
  guard: GUARD,
  granted: true,
  by: urn('tbkk/mandaat'),
  role: 'MANDAATHOUDER',
  actorDigest: 'somebody-else',
  digest: 'presented' as Digest,
  until: NOW + 1,
  ...over,
})

const judge = (approvals: readonly ApprovalGiven[], over: Partial<ApprovalInput> = {}) =>
  judgeApprovals({
    given: approvals,
    preparedByDigest: 'preparer',
    from: urn('tbkk/zaken'),
    type: 'police.ngo.disclosure' as TypeName,
    presentations: [{ guard: GUARD, digest: 'presented', shown: SHOWN }],
    wouldShow: SHOWN,
    epoch,
    at: NOW,
    ...over,
  })

describe('approvals that do not count', () => {
  it.each([
    ['the preparer (four eyes, N-31)', { actorDigest: 'preparer' }],
    ['another role', { role: 'RECHERCHEUR' }],
    ['an endpoint without the asked role', { by: urn('tbkk/zaken') }],
    ['another organisation', { by: urn('om-lp/parket') }],
    ['an unknown endpoint', { by: urn('tbkk/kelder') }],
  ])('%s is not competent', (_, over) => {
    expect(judge([given(over)])).toEqual({ ...NO_APPROVALS, notCompetent: [GUARD] })
    expect(judge([given({ ...over, granted: false })])).toEqual({ ...NO_APPROVALS, notCompetent: [GUARD] })
  })
  it('for a guard without register row, or a type the row does not cover, nobody is competent', () => {
    const other = { guard: 'unheard-of' }
    const presentations = [{ guard: 'unheard-of', digest: 'presented', shown: SHOWN }]
    expect(judge([given(other)], { presentations }).notCompetent).toEqual(['unheard-of'])
    expect(judge([given()], { type: 'kmar.alert' as TypeName }).notCompetent).toEqual([GUARD])
  })
  it('stale ones are as if never given: past until, another presentation, or less shown than now', () => {
    expect(judge([given({ until: NOW })])).toEqual(NO_APPROVALS)
    expect(judge([given({ digest: 'other' as Digest })])).toEqual(NO_APPROVALS)
    expect(judge([given()], { wouldShow: [...SHOWN, 'conditions'] })).toEqual(NO_APPROVALS)
    expect(
      judge([given()], { presentations: [{ guard: 'wpg19-ovj', digest: 'presented', shown: SHOWN }] }),
    ).toEqual(NO_APPROVALS)
  })
})

describe('approvals that count', () => {
  it('competent, in time, within what was shown', () => {
    expect(judge([given()])).toEqual({ ...NO_APPROVALS, approved: [GUARD] })
    expect(judge([given()], { wouldShow: ['items'] })).toEqual({ ...NO_APPROVALS, approved: [GUARD] })
  })
  it('a competent answer outweighs an incompetent one, a refusal an approval', () => {
    expect(judge([given({ actorDigest: 'preparer' }), given()])).toEqual({
      ...NO_APPROVALS,
      approved: [GUARD],
    })
    expect(judge([given(), given({ granted: false })])).toEqual({ ...NO_APPROVALS, refused: [GUARD] })
  })
})

describe('whom to ask', () => {
  const held = deriveQuestion(verifiedMessage(epoch, story.disclosure(true)), 0, epoch, NOW, NO_APPROVALS)
  it('nobody when no endpoint has the role, or its partner is suspended', () => {
    const verdict = decide(held, epoch)
    const without = {
      ...epoch,
      endpoints: new Map([...epoch.endpoints].filter(([, one]) => one.name !== 'mandaat')),
    }
    expect(approvalAsks(held, verdict, without).find(({ guard }) => guard === GUARD)?.to).toBeNull()
    const partners = new Map(
      [...epoch.partners].map(([oin, one]) => [oin, { ...one, suspended: true }] as const),
    )
    expect(approvalAsks(held, verdict, { ...epoch, partners }).map(({ to }) => to)).toEqual([null, null])
  })
  it('nobody is asked for what an approval cannot cure', () => {
    const request = deriveQuestion(verifiedMessage(epoch, story.request()), 0, epoch, NOW, NO_APPROVALS)
    expect(approvalAsks(request, decide(request, epoch), epoch)).toEqual([])
  })
})

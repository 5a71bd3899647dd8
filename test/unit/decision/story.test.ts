import { describe, expect, it } from 'vitest'
import { approvalAsks } from '#core/decision/approvers.ts'
import { decide } from '#core/decision/decide.ts'
import { deriveApprovalQuestion } from '#core/decision/derive-approval.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { type ApprovalFacts, NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import { testEpoch } from '../../support/contracts.ts'
import { story } from '../../support/story-messages.ts'
import { type Draft, labelOf, NOW, verifiedMessage } from '../../support/verified-message.ts'

const epoch = testEpoch()

function ask(draft: Draft, index = 0, approvals: ApprovalFacts = NO_APPROVALS): Verdict {
  return decide(deriveQuestion(verifiedMessage(epoch, draft), index, epoch, NOW, approvals), epoch)
}

const codes = (verdict: Verdict) => verdict.reasons.map((reason) => reason.code).sort()
const withheld = (verdict: Verdict) => verdict.withheld.map((one) => one.member).sort()

const risk = labelOf(verifiedMessage(epoch, story.risk()), epoch)
const decision = labelOf(verifiedMessage(epoch, story.decision()), epoch)
const request = labelOf(verifiedMessage(epoch, story.request([risk, decision])), epoch)

describe('story S0, full reason sets', () => {
  it('1: a tip, reporter withheld by the hotline', () => {
    const verdict = ask(story.tip())
    expect(verdict.kind).toBe('permit-redacted')
    expect(verdict.withheld).toEqual([
      { member: 'reporterContact', reason: 'WITHHELD_BY_SENDER', rule: 'sender' },
    ])
    expect(verdict.basis).toEqual([{ rule: 'tip-forwarded', article: 'UAVG 33', verified: false }])
  })
  it('2, 3: question and answer through the hotline', () => {
    expect(ask(story.question()).kind).toBe('permit')
    expect(ask(story.answer()).kind).toBe('permit')
  })
  it('4, 5: risk assessment and decision, report and reasoning withheld', () => {
    expect([ask(story.risk()).kind, withheld(ask(story.risk()))]).toEqual(['permit-redacted', ['report']])
    expect([ask(story.decision()).kind, withheld(ask(story.decision()))]).toEqual([
      'permit-redacted',
      ['reasoning'],
    ])
  })
  it('6, 7: diffusion request without evidence is held for both, with it permitted', () => {
    const without = ask(story.request())
    expect([without.kind, codes(without)]).toEqual(['hold', ['APPROVAL_PENDING', 'RISK_ASSESSMENT_MISSING']])
    expect(without.reasons.map((reason) => reason.needs).sort()).toEqual([
      'evidence:om.decision',
      'evidence:risk.assessment.completed',
    ])
    const evidenced = ask(story.request([risk, decision]))
    expect([evidenced.kind, withheld(evidenced)]).toEqual([
      'permit-redacted',
      ['caseSummary', 'source', 'victimName'],
    ])
  })
})

describe('story S0, across borders', () => {
  it('8: PH permitted, TH held for both reasons, on facts that travelled', () => {
    const [ph, th] = [ask(story.diffusion([request]), 0), ask(story.diffusion([request]), 1)]
    expect([ph.kind, codes(ph)]).toEqual(['permit', []])
    expect([th.kind, codes(th)]).toEqual(['hold', ['HUMAN_RIGHTS_RISK', 'NO_ADEQUACY_OR_SAFEGUARD']])
    expect(th.reasons.map((reason) => reason.needs).sort()).toEqual([
      'register:assurances',
      'register:transfers',
    ])
  })
  it('N-06: no ground is denied, and so is TBKK to PH directly', () => {
    const bare = [{ to: 'ph-police/ncb', purpose: 'prevent-offence', basis: 'wpg-17a' }]
    expect(codes(ask(story.diffusion([request], { to: bare })))).toEqual(['NO_ADEQUACY_OR_SAFEGUARD'])
    const direct = ask(story.diffusion([risk, decision], { from: 'tbkk/zaken' }))
    expect([direct.kind, codes(direct)]).toEqual(['deny', ['NO_LEGAL_BASIS']])
  })
  it('9, 10 (N-38), 11: KMar police task permitted, Vw task denied, result back', () => {
    const police = ask(story.alert())
    expect([police.kind, withheld(police)]).toEqual([
      'permit-redacted',
      ['caseSummary', 'riskReport', 'source'],
    ])
    const aliens = ask(story.alert('kmar/vreemdelingen'))
    expect([aliens.kind, codes(aliens), aliens.shown]).toEqual(['deny', ['NO_LEGAL_BASIS'], []])
    expect(ask(story.result()).kind).toBe('permit')
  })
})

describe('story S0, NGO and feedback', () => {
  it('12 (N-07), 13: NGO disclosure denied without a decision, held for two approvals with a draft', () => {
    expect(codes(ask(story.disclosure(false)))).toEqual(['NO_LEGAL_BASIS'])
    const held = ask(story.disclosure(true))
    expect([held.kind, codes(held)]).toEqual(['hold', ['APPROVAL_PENDING', 'APPROVAL_PENDING']])
    const half = ask(story.disclosure(true), 0, { ...NO_APPROVALS, approved: ['wpg19-ovj'] })
    expect(half.reasons.map((reason) => reason.needs)).toEqual(['approval:wpg19-controller'])
    const both = ask(story.disclosure(true), 0, {
      ...NO_APPROVALS,
      approved: ['wpg19-ovj', 'wpg19-controller'],
    })
    expect([both.kind, withheld(both)]).toEqual(['permit-redacted', ['decision']])
    expect(both.shown).toEqual(['suspectName', 'items', 'items/0', 'items/1', 'conditions'])
  })
  it('13: both approvers are asked, and may see what would be shown and the decision', () => {
    const question = deriveQuestion(
      verifiedMessage(epoch, story.disclosure(true)),
      0,
      epoch,
      NOW,
      NO_APPROVALS,
    )
    const held = decide(question, epoch)
    const asks = approvalAsks(question, held, epoch)
    expect(asks.map(({ guard, to }) => [guard, to && epoch.endpoints.get(to)?.name])).toEqual([
      ['wpg19-controller', 'mandaat'],
      ['wpg19-ovj', 'parket'],
    ])
    for (const { to, row } of asks) {
      if (!to) throw new Error('nobody to ask')
      const verdict = decide(deriveApprovalQuestion(question, held.shown, row, to, epoch, NOW), epoch)
      expect([verdict.kind, verdict.shown]).toEqual(['permit', [...held.shown, 'decision']])
    }
  })
  it('14: neutral feedback; and an NGO may ask', () => {
    expect(ask(story.feedback()).kind).toBe('permit')
    expect(ask(story.ask()).kind).toBe('permit')
  })
})

describe('negatives', () => {
  it('N-01, N-02: one of the two documents is not enough', () => {
    expect(codes(ask(story.request([decision])))).toEqual(['RISK_ASSESSMENT_MISSING'])
    expect(codes(ask(story.request([risk])))).toEqual(['APPROVAL_PENDING'])
  })
  it('N-30: agreement ended', () => {
    const ended = testEpoch({
      change: {
        'contracts/agreement/ecpat-politie.json': (text) => text.replace('2035-01-01', '2026-11-24'),
      },
    })
    const verdict = decide(
      deriveQuestion(verifiedMessage(ended, story.tip()), 0, ended, NOW, NO_APPROVALS),
      ended,
    )
    expect([verdict.kind, codes(verdict)]).toEqual(['deny', ['AGREEMENT_EXPIRED']])
  })
  it('N-31: not competent stays held, with both reasons', () => {
    const verdict = ask(story.disclosure(true), 0, { ...NO_APPROVALS, notCompetent: ['wpg19-controller'] })
    expect([verdict.kind, codes(verdict)]).toEqual(['hold', ['APPROVAL_PENDING', 'APPROVER_NOT_COMPETENT']])
  })
  it('a refusal by somebody competent denies', () => {
    const verdict = ask(story.disclosure(true), 0, { ...NO_APPROVALS, refused: ['wpg19-ovj'] })
    expect([verdict.kind, codes(verdict)]).toEqual(['deny', ['APPROVAL_REFUSED']])
  })
  it('N-32: identity of an informant', () => {
    const verdict = ask(
      story.alert('kmar/politie', { context: { wpgClass: '13', fieldClass: { source: '12' } } }),
    )
    expect([verdict.kind, codes(verdict)]).toEqual(['deny', ['SOURCE_PROTECTED']])
  })
  it('N-39: reporter disclosed under a policy other than POLICE_OK', () => {
    const tip = story.tip()
    const raw = { ...tip, data: { ...tip.data, reporterContact: 'melder@example' }, toExchange: {} }
    expect([ask(raw).kind, codes(ask(raw))]).toEqual(['deny', ['SOURCE_PROTECTED']])
    const agreed = { ...raw, data: { ...raw.data, contactPolicy: 'POLICE_OK' } }
    expect([ask(agreed).kind, ask(agreed).shown.includes('reporterContact')]).toEqual(['permit', true])
  })
})

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { cedarRequest } from '#core/decision/cedar-request.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import { testEpoch } from '../../support/contracts.ts'
import { convictionRules } from '../../support/conviction-rules.ts'
import { ROOT } from '../../support/signed-contracts.ts'
import { story } from '../../support/story-messages.ts'
import { travelRules } from '../../support/travel-rules.ts'
import { type Draft, labelOf, NOW, urn, verifiedMessage } from '../../support/verified-message.ts'
import { noticeCases } from './policy-cases/notices.ts'
import { tipCases } from './policy-cases/tips.ts'
import type { PolicyCases } from './policy-cases/vary.ts'

const epoch = testEpoch()
const question = (draft: Draft, index = 0) =>
  deriveQuestion(verifiedMessage(epoch, draft), index, epoch, NOW, NO_APPROVALS)

const evidence = [story.risk(), story.decision()].map((draft) =>
  labelOf(verifiedMessage(epoch, draft), epoch),
)
const request = labelOf(verifiedMessage(epoch, story.request(evidence)), epoch)

const tip = question(story.tip())
const asked = question(story.question())
const requested = question(story.request(evidence))
const toPh = question(story.diffusion([request]), 0)
const toTh = question(story.diffusion([request]), 1)
const alert = question(story.alert())
const disclosure = question(story.disclosure(true))
const risk = question(story.risk())

const facts = (base: Question, over: Readonly<Record<string, FactValue | null>>): Question => {
  const merged = Object.entries({ ...base.facts, ...over }).filter(([, value]) => value !== null)
  return { ...base, facts: Object.fromEntries(merged) as Question['facts'] }
}
const terms = (base: Question, over: Partial<Question['terms']>): Question => ({
  ...base,
  terms: { ...base.terms, ...over },
})
const approvalTo = (to: string, basis: string): Question => ({
  ...disclosure,
  type: 'approval.requested' as Question['type'],
  to: urn(to),
  terms: { purpose: 'approval', basis, ground: 'none', validUntil: null },
})
const transfer = (until: number) => ({ transfer: { until } })
const assessed = (validUntil: number) => ({ riskAssessment: { level: 'HIGH', validUntil } })
const concurred = (covers: readonly string[], validUntil: number) => ({
  omConcurrence: { decision: 'ALERT', covers, validUntil },
})
const instrument = (state: string) => ({ instrument: { state, ids: [], profile: ['*'] } })

/**
 * Each policy with a question it matches and the nearest one it does not: for a permit the first is permitted, for a guard the
 * second. Times are off by one: what ends at `decided` has ended.
 */
const CASES: PolicyCases = {
  // Families have files of their own in policy-cases/.
  ...tipCases(epoch),
  'tip-forwarded': [tip, terms(tip, { purpose: 'follow-up' })],
  'tip-answered': [question(story.answer()), terms(question(story.answer()), { basis: 'wpg-15' })],
  'ngo-asks': [question(story.ask()), { ...question(story.ask()), from: urn('ecpat/meldpunt') }],
  'tip-question': [asked, { ...asked, label: { ...asked.label, regime: 'WPG' } }],
  'tip-feedback-hotline': [
    question(story.feedback()),
    { ...question(story.feedback()), to: urn('tdh/veldwerk') },
  ],
  'tip-feedback-field': [
    { ...question(story.feedback()), to: urn('tdh/veldwerk') },
    { ...question(story.feedback()), to: urn('recl/toezicht') },
  ],
  ...noticeCases(epoch),
  'diffusion-requested': [requested, { ...requested, to: urn('kmar/politie') }],
  'alert-kmar': [alert, { ...alert, to: urn('kmar/vreemdelingen') }],
  ...travelRules(epoch),
  ...convictionRules(epoch),
  'alert-result': [
    question(story.result()),
    { ...question(story.result()), from: urn('kmar/vreemdelingen') },
  ],
  'approval-asked-controller': [approvalTo('tbkk/mandaat', 'wpg-15'), approvalTo('tbkk/zaken', 'wpg-15')],
  'approval-asked-om': [approvalTo('om-lp/parket', 'wpg-16'), approvalTo('om-lp/parket', 'wpg-15')],
  'diffusion-17a': [toPh, { ...toPh, from: urn('tbkk/zaken') }],
  'g08-none': [terms(toPh, { ground: 'none' }), toPh],
  'g08-2b': [facts(toPh, transfer(NOW)), facts(toPh, transfer(NOW + 1))],
  'g17-human-rights': [
    facts(toTh, { assurance: { until: NOW } }),
    facts(toTh, { assurance: { until: NOW + 1 } }),
  ],
  'g06-10-1b-abroad': [facts(toPh, { classes: ['10.1b'] }), facts(toPh, { classes: ['10.1a'] })],
  'ngo-disclosure-19': [disclosure, facts(disclosure, { flags: [] })],
  'g09-wpg19-ovj': [disclosure, facts(disclosure, { approved: ['wpg19-ovj'] })],
  'g09-wpg19-ovj-competent': [facts(disclosure, { notCompetent: ['wpg19-ovj'] }), disclosure],
  'g09-wpg19-ovj-refused': [facts(disclosure, { refused: ['wpg19-ovj'] }), disclosure],
  'g09-wpg19-controller': [disclosure, facts(disclosure, { approved: ['wpg19-controller'] })],
  'g09-wpg19-controller-competent': [facts(disclosure, { notCompetent: ['wpg19-controller'] }), disclosure],
  'g09-wpg19-controller-refused': [facts(disclosure, { refused: ['wpg19-controller'] }), disclosure],
  'om-decision': [
    question(story.decision()),
    terms(question(story.decision()), { purpose: 'prevent-offence' }),
  ],
  'risk-assessed': [risk, { ...risk, from: urn('om-lp/parket') }],
  'g11-offence': [facts(requested, { offence: { serious: false } }), requested],
  'g11-unrated-tip': [facts(requested, { evaluation: 'X4' }), requested],
  'g10-missing': [facts(requested, { riskAssessment: null }), requested],
  'g10-stale': [facts(requested, assessed(NOW)), facts(requested, assessed(NOW + 1))],
  'g09-om-request': [
    facts(requested, concurred(['diffusion.green.sent'], NOW + 1)),
    facts(requested, concurred(['diffusion.green.requested'], NOW + 1)),
  ],
  'g09-om-sent': [
    facts(toPh, concurred(['diffusion.green.sent'], NOW)),
    facts(toPh, concurred(['diffusion.green.sent'], NOW + 1)),
  ],
  'g01-suspended': [facts(alert, { recipientSuspended: true }), alert],
  'g02-answerable': [facts(asked, { requestAnswerable: false }), asked],
  'g03-expired': [facts(alert, instrument('expired')), alert],
  'g03-missing': [facts(alert, instrument('missing')), facts(alert, instrument('unlisted'))],
  'g04-limit': [facts(alert, { withinLimit: false }), alert],
  'g04-regime': [{ ...alert, label: { ...alert.label, regime: 'LED' } }, alert],
  'g06-archive': [facts(alert, { classes: ['14A'] }), alert],
  'g07-originator': [facts(alert, { unconsented: ['00000099000000001000'] }), alert],
  'g12-window': [facts(alert, { validUntil: NOW }), facts(alert, { validUntil: NOW + 1 })],
  'g12-alert-window': [facts(alert, { windowUntil: NOW }), facts(alert, { windowUntil: NOW + 1 })],
  'g12-terms': [terms(alert, { validUntil: NOW }), terms(alert, { validUntil: NOW + 1 })],
  'g16-free-text': [facts(asked, { freeTextReviewed: false }), asked],
  'g16-automated': [facts(alert, { automated: true }), alert],
  'g19-unrated': [facts(alert, { evaluation: null }), alert],
  'g20-reporter': [
    facts(tip, { reporterDisclosed: true }),
    facts(tip, { reporterDisclosed: true, contactPolicy: 'POLICE_OK' }),
  ],
  'g20-informant': [facts(alert, { informantDisclosed: true }), alert],
  'g20-hide': [toPh, alert],
  'g14-report': [toPh, { ...risk, to: urn('om-lp/parket') }],
}

function matches(id: string, asking: Question): boolean {
  const policy = epoch.policies.get(id)
  const cedar = cedarRequest(asking, epoch)
  if (!policy || !cedar) throw new Error(`${id}: no policy or no request`)
  const answer = epoch.compiled.ask(policy.set, cedar)
  expect(answer.errors).toEqual([])
  return answer.matched.includes(id)
}

describe('each policy decides both ways', () => {
  it('has a case here or in contracts/cases/rule-<id>.json, and no case is left over', () => {
    const told = [...epoch.policies.keys()].filter((id) =>
      existsSync(join(ROOT, `contracts/cases/rule-${id}.json`)),
    )
    expect([...Object.keys(CASES), ...told].sort()).toEqual([...epoch.policies.keys()].sort())
  })
  it.each(Object.entries(CASES))('%s', (id, [matching, other]) => {
    expect([matches(id, matching), matches(id, other)]).toEqual([true, false])
  })
})

describe('annotations', () => {
  it('only verified law says so, and every rule speaks Dutch and English', () => {
    for (const policy of epoch.policies.values()) {
      expect([policy.id, policy.nl.length > 10, policy.en.length > 10]).toEqual([policy.id, true, true])
      if (policy.verified) expect(policy.article).toMatch(/^(Wpg|PNR-wet|Verordening \(EU\) 2025\/12)\b/)
    }
  })
})

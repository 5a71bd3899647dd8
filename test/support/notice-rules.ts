import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import { type Draft, NOW, urn, verifiedMessage } from './verified-message.ts'

type Pair = readonly [matches: Question, not: Question]

const facts = (base: Question, over: Readonly<Record<string, FactValue | null>>): Question => {
  const merged = Object.entries({ ...base.facts, ...over }).filter(([, value]) => value !== null)
  return { ...base, facts: Object.fromEntries(merged) as Question['facts'] }
}

const lead = (from: string): Draft => ({
  type: 'liaison.lead.routed',
  from,
  to: [{ to: 'filo-bkk/post', purpose: 'liaison-lead', basis: 'wpg-15' }],
  data: {
    caseRef: 'TBKK-TEST-41',
    country: 'LK',
    summary: 'Signaal uit de periodieke controle',
    wantedAction: 'FIND_OUT',
    restrictions: 'Niet verder verstrekken',
  },
})

/** Each policy on notices and liaison officers with a question it matches and the nearest one that it does not. */
export function noticeRules(epoch: Epoch): Readonly<Record<string, Pair>> {
  const question = (draft: Draft) =>
    deriveQuestion(verifiedMessage(epoch, draft), 0, epoch, NOW, NO_APPROVALS)
  const routed = question(lead('tbkk/zaken'))
  const byNcb = question(lead('ncb-nl/ncb'))
  return {
    'lead-routed': [routed, facts(routed, { areaOpen: false })],
    'lead-routed-ncb': [byNcb, { ...byNcb, to: urn('tbkk/zaken') }],
    'g05-area-unmapped': [facts(routed, { areaMapped: false }), routed],
  }
}

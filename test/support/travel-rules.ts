import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import { travel } from './travel-messages.ts'
import { type Draft, NOW, urn, verifiedMessage } from './verified-message.ts'

type Pair = readonly [matches: Question, not: Question]

/** Each policy of `api.cedar` and `pnr-wet.cedar` with a question it matches and the nearest one that it does not. */
export function travelRules(epoch: Epoch): Readonly<Record<string, Pair>> {
  const question = (draft: Draft) =>
    deriveQuestion(verifiedMessage(epoch, draft), 0, epoch, NOW, NO_APPROVALS)
  return { ...borderRules(question), ...pnrRules(question), ...approvalRules(question) }
}

type Asking = (draft: Draft) => Question

const facts = (base: Question, over: Readonly<Record<string, FactValue | null>>): Question => {
  const merged = Object.entries({ ...base.facts, ...over }).filter(([, value]) => value !== null)
  return { ...base, facts: Object.fromEntries(merged) as Question['facts'] }
}
const terms = (base: Question, over: Partial<Question['terms']>): Question => {
  return { ...base, terms: { ...base.terms, ...over } }
}
const to = (base: Question, short: string): Question => ({ ...base, to: urn(short) })
const from = (base: Question, short: string): Question => ({ ...base, from: urn(short) })

function borderRules(question: Asking): Readonly<Record<string, Pair>> {
  const batch = question(travel.batch())
  const hit = question(travel.hit())
  const onward = question(travel.onward())
  const purged = question(travel.purged())
  const later = terms(batch, { basis: 'api-2025-12' })
  const inForce = (basis: string) => ({ apiInForce: { basis } })
  const ends = (sendUntil: number, keepUntil: number) => ({ apiTerms: { sendUntil, keepUntil } })
  const place = (country: string, schengen: boolean) => ({ country, schengen })
  return {
    'api-batch-directive': [batch, to(batch, 'kmar/politie')],
    'api-batch-regulation': [later, terms(later, { purpose: 'border-hit' })],
    'api-hit-police': [hit, to(hit, 'kmar/dienst')],
    'api-hit-tbkk': [onward, from(onward, 'kmar/vreemdelingen')],
    'api-purged-directive': [purged, to(purged, 'airline-kl/passagiers')],
    'api-purged-regulation': [terms(purged, { basis: 'api-2025-12' }), purged],
    'g04-api-purpose': [terms(hit, { purpose: 'travel-file' }), hit],
    'g05-api-not-yet': [facts(later, inForce('api-dir')), facts(later, inForce('api-2025-12'))],
    'g05-api-past': [facts(hit, inForce('api-2025-12')), facts(hit, inForce('api-dir'))],
    'g11-api-flight': [facts(batch, { flightFrom: place('FR', true) }), batch],
    'g12-api-carrier': [facts(batch, ends(NOW, NOW + 1)), facts(batch, ends(NOW + 1, NOW))],
    'g12-api-kept': [facts(hit, ends(NOW + 1, NOW)), facts(hit, ends(NOW, NOW + 1))],
    'g16-api-hit': [hit, facts(hit, { approved: ['api-hit'] })],
    'g16-api-hit-competent': [facts(hit, { notCompetent: ['api-hit'] }), hit],
    'g16-api-hit-refused': [facts(hit, { refused: ['api-hit'] }), facts(hit, { refused: ['pnr-hit'] })],
    'g16-api-hit-onward': [onward, facts(onward, { confirmedHit: { at: NOW } })],
  }
}

function pnrRules(question: Asking): Readonly<Record<string, Pair>> {
  const push = question(travel.push())
  const hit = question(travel.pnrHit())
  const asks = question(travel.asks())
  const answer = question(travel.answer('2026-05-23'))
  const kept = (maskedFrom: number, deletedFrom: number) => ({ pnrKept: { maskedFrom, deletedFrom } })
  const offence = (listed: boolean, maxMonths: number) => ({ pnrOffence: { listed, maxMonths } })
  const elsewhere = { country: 'GB', schengen: false }
  const given = (name: 'approved' | 'refused' | 'notCompetent', guard: string, base: Question): Question =>
    facts(base, { [name]: [guard] })
  return {
    'pnr-pushed': [push, to(push, 'kmar/vreemdelingen')],
    'pnr-hit-passed': [hit, to(hit, 'kmar/vreemdelingen')],
    'pnr-asked': [asks, from(asks, 'kmar/vreemdelingen')],
    'pnr-answered': [answer, to(answer, 'ncb-nl/ncb')],
    'g04-pnr-purpose': [terms(asks, { purpose: 'queue-planning' }), asks],
    'g11-pnr-offence': [facts(hit, offence(true, 35)), facts(hit, offence(true, 36))],
    'g11-pnr-flight': [
      facts(push, { flightFrom: elsewhere, flightTo: elsewhere }),
      facts(push, { flightTo: elsewhere, flightFrom: { country: 'NL', schengen: true } }),
    ],
    'g12-pnr-early': [facts(push, { pnrPushFrom: NOW + 1 }), facts(push, { pnrPushFrom: NOW })],
    'g12-pnr-deleted': [facts(answer, kept(0, NOW)), facts(answer, kept(0, NOW + 1))],
    'g15-pnr-sensitive': [facts(push, { pnrSensitive: true }), push],
    'g16-pnr-hit': [hit, given('approved', 'pnr-hit', hit)],
    'g16-pnr-hit-competent': [given('notCompetent', 'pnr-hit', hit), hit],
    'g16-pnr-hit-refused': [given('refused', 'pnr-hit', hit), hit],
    'g09-pnr-ovj': [facts(answer, kept(NOW, NOW + 1)), facts(answer, kept(NOW + 1, NOW + 1))],
    'g09-pnr-ovj-competent': [given('notCompetent', 'pnr-ovj', answer), answer],
    'g09-pnr-ovj-refused': [given('refused', 'pnr-ovj', answer), given('refused', 'pnr-fg', answer)],
    'g09-pnr-fg': [answer, given('refused', 'pnr-fg', answer)],
    'g09-pnr-fg-competent': [given('notCompetent', 'pnr-fg', answer), answer],
    'g09-pnr-order': [asks, from(asks, 'om-lp/parket')],
    'g09-pnr-order-competent': [given('notCompetent', 'pnr-order', asks), asks],
    'g09-pnr-order-refused': [given('refused', 'pnr-order', asks), asks],
  }
}

function approvalRules(question: Asking): Readonly<Record<string, Pair>> {
  const asked = (sender: string, approver: string, basis: string): Question => ({
    ...question(travel.hit()),
    type: 'approval.requested' as Question['type'],
    from: urn(sender),
    to: urn(approver),
    terms: { purpose: 'approval', basis, ground: 'none', validUntil: null },
  })
  return {
    'approval-asked-api-hit': [
      asked('kmar/vreemdelingen', 'kmar/dienst', 'api-dir'),
      asked('kmar/vreemdelingen', 'kmar/politie', 'api-dir'),
    ],
    'approval-asked-pnr-review': [
      asked('pinl/pnr', 'pinl/toets', 'pnr-8'),
      asked('pinl/pnr', 'pinl/pnr', 'pnr-8'),
    ],
    'approval-asked-pnr-fg': [asked('pinl/pnr', 'pinl/fg', 'pnr-10'), asked('pinl/pnr', 'pinl/fg', 'pnr-8')],
    'approval-asked-pnr-ovj': [
      asked('pinl/pnr', 'om-lp/parket', 'pnr-10'),
      asked('pinl/pnr', 'tbkk/mandaat', 'pnr-10'),
    ],
    'approval-asked-pnr-order': [
      asked('tbkk/zaken', 'om-lp/parket', 'pnr-10'),
      asked('ncb-nl/ncb', 'om-lp/parket', 'pnr-10'),
    ],
  }
}

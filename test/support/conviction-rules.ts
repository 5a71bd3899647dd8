import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue, Question } from '#core/decision/verdict.ts'
import { convictionStory as story } from './conviction-messages.ts'
import { type Draft, labelOf, NOW, urn, verifiedMessage } from './verified-message.ts'

type Pair = readonly [matches: Question, not: Question]
type Rules = Readonly<Record<string, Pair>>
type Asking = (draft: Draft) => Question

/** Each policy about convictions and certificates of conduct with a question it matches and the nearest one that it does not. */
export function convictionRules(epoch: Epoch): Rules {
  const question = (draft: Draft) =>
    deriveQuestion(verifiedMessage(epoch, draft), 0, epoch, NOW, NO_APPROVALS)
  const hit = labelOf(verifiedMessage(epoch, story.tcnHit()), epoch)
  return {
    ...vogPermits(question),
    ...ecrisPermits(question),
    ...otherPermits(question),
    ...vettingGuards(question),
    ...stateGuards(question),
    'g05-tcn-third-country': [question(story.ukSent([hit])), question(story.ukSent())],
  }
}

const facts = (base: Question, over: Readonly<Record<string, FactValue | null>>): Question => {
  const merged = Object.entries({ ...base.facts, ...over }).filter(([, value]) => value !== null)
  return { ...base, facts: Object.fromEntries(merged) as Question['facts'] }
}
const terms = (base: Question, over: Partial<Question['terms']>): Question => {
  return { ...base, terms: { ...base.terms, ...over } }
}
const to = (base: Question, short: string): Question => ({ ...base, to: urn(short) })
const from = (base: Question, short: string): Question => ({ ...base, from: urn(short) })

function vogPermits(question: Asking): Rules {
  const extract = question(story.jdExtract())
  const police = question(story.policeGiven())
  const decision = question(story.decision())
  return {
    'vog-applied': [question(story.application()), from(question(story.application()), 'tbkk/zaken')],
    'vog-jd-asked': [question(story.jdQuery()), from(question(story.jdQuery()), 'tbkk/zaken')],
    'vog-jd-extracted': [extract, to(extract, 'justis/loket')],
    'vog-police-asked': [question(story.policeAsked()), to(question(story.policeAsked()), 'ncb-nl/ncb')],
    'vog-police-given': [police, to(police, 'justis/loket')],
    'vog-refusal-announced': [
      question(story.refusalIntended()),
      to(question(story.refusalIntended()), 'tbkk/zaken'),
    ],
    'vog-decided': [decision, to(decision, 'tdh/veldwerk')],
    'g09-vog-embargo': [
      facts(police, { embargoCheckedAt: NOW + 1 }),
      facts(police, { embargoCheckedAt: NOW }),
    ],
    'g14-vog-embargo': [police, extract],
    'g14-vog-acquittal': [extract, decision],
    'g14-vog-grounds': [decision, question(story.refusalIntended())],
  }
}

function ecrisPermits(question: Asking): Rules {
  const sent = question(story.sent())
  const passed = question(story.passed())
  const other = (base: Question, purpose: string): Pair => [base, terms(base, { purpose })]
  return {
    'ecris-vetting-asked': other(question(story.asked()), 'vog-decision'),
    'ecris-vetting-sent': [sent, to(sent, 'uk-ca/register')],
    'ecris-identity-given': other(question(story.suppliedByJustis()), 'vog-decision'),
    'ecris-identity-sent': [question(story.supplied()), to(question(story.supplied()), 'uk-ca/register')],
    'ecris-vetting-replied': [question(story.replied()), to(question(story.replied()), 'justis/vog')],
    'ecris-vetting-passed': [passed, to(passed, 'tbkk/zaken')],
    'ecris-destroyed': other(question(story.destroyed()), 'child-vetting'),
    'ecris-vetting-received': other(question(story.received('CHILD_VETTING')), 'child-vetting'),
    'ecris-criminal-received': other(question(story.received('CRIMINAL')), 'foreign-vetting'),
    'ecris-vetting-answered': other(question(story.answered('foreign-vetting')), 'child-vetting'),
    'ecris-criminal-answered': other(question(story.answered('criminal-proceedings')), 'foreign-vetting'),
    'ecris-notified-in': [question(story.notifiedIn()), to(question(story.notifiedIn()), 'justid/jd')],
    'ecris-notified-out': [
      question(story.notifiedOut()),
      to(question(story.notifiedOut()), 'uk-ca/register'),
    ],
    'ecris-stored': [question(story.stored()), from(question(story.stored()), 'justis/vog')],
  }
}

function otherPermits(question: Asking): Rules {
  const offered = question(story.offered())
  const iipc = question(story.iipc())
  const transferred = question(story.transferred())
  const elsewhere = (draft: Draft, short: string): Pair => [question(draft), to(question(draft), short)]
  return {
    'tcn-vetting-asked': elsewhere(story.tcnAsked(), 'ecris-tcn/centraal'),
    'tcn-vetting-sent': elsewhere(story.tcnSent(), 'ms-de/register'),
    'tcn-hit-received': elsewhere(story.tcnHit(), 'justis/vog'),
    'tcn-hit-passed': elsewhere(story.tcnPassed(), 'uk-ca/register'),
    'uk-vetting-asked': elsewhere(story.ukAsked(), 'uk-ca/register'),
    'uk-vetting-sent': elsewhere(story.ukSent(), 'ms-de/register'),
    'uk-vetting-replied': elsewhere(story.ukReplied(), 'justis/vog'),
    'uk-vetting-passed': elsewhere(story.ukPassed(), 'tbkk/zaken'),
    'sentence-transferred': [transferred, from(transferred, 'ncb-nl/ncb')],
    'noneu-judgment-to-police': [offered, to(offered, 'justis/vog')],
    'iipc-relayed': [facts(iipc, { flags: ['iipc'] }), iipc],
  }
}

function vettingGuards(question: Asking): Rules {
  const sent = question(story.sent())
  const criminal = question(story.received('CRIMINAL'))
  const reuse = question(story.reuse())
  return {
    'g13-consent-missing': [facts(sent, { consentGivenAt: NOW + 1 }), facts(sent, { consentGivenAt: NOW })],
    'g13-consent-withdrawn': [
      facts(sent, { consentWithdrawnAt: NOW }),
      facts(sent, { consentWithdrawnAt: NOW + 1 }),
    ],
    'g04-vetting-code': [facts(sent, { ecrisPurpose: 'OWN_RECORD' }), sent],
    'g04-criminal-code': [facts(criminal, { ecrisPurpose: 'CHILD_VETTING' }), criminal],
    'g04-ecris-reuse': [reuse, terms(reuse, { purpose: 'vog-decision' })],
    'g06-police-to-authority': [facts(sent, { classes: ['8'] }), sent],
    'g11-vetting-profile': [
      facts(sent, { vogProfile: 'OTHER' }),
      facts(sent, { vogProfile: 'CHILDREN_VOLUNTARY' }),
    ],
  }
}

function stateGuards(question: Asking): Rules {
  const stranger = question(story.sent('MA'))
  const notified = question(story.notifiedIn('FR'))
  const answered = (code: string) => question(story.answered('foreign-vetting', code))
  const query = question(story.tcnSent())
  const uk = question(story.ukSent())
  return {
    'g11-ecris-state': [
      facts(stranger, { tcnHit: { states: ['BE', 'FR'] } }),
      facts(stranger, { tcnHit: { states: ['BE', 'DE'] } }),
    ],
    'g11-notified-national': [notified, question(story.notifiedIn())],
    'g11-vetting-sexual': [answered('0300 00'), answered('1005 00')],
    'g11-third-country': [facts(query, { thirdCountryNational: false }), query],
    'g11-uk': [
      facts(uk, { nationalOfRecipient: false }),
      facts(uk, { nationalOfRecipient: false, stayedThere: true }),
    ],
    'g12-tcn-date': [facts(query, { ecrisTcn: null }), query],
  }
}

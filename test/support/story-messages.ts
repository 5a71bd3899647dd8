import type { OpenedEvidence } from '#core/message/content.ts'
import { type Draft, NOW } from './verified-message.ts'

const later = (days: number): string => new Date(NOW + days * 86_400_000).toISOString()
const GDPR = { regime: 'GDPR', wpgClass: null, evaluation: null, personCategory: null, factOrOpinion: null }
const IDENTITY = {
  surname: 'VOORBEELD',
  givenNames: 'ADRIAAN TEST',
  birthDate: '1971-03-09',
  nationality: 'NL',
}
const REVIEWED = { freeTextReviewed: { actor: 'rech-22' } }

const DIFFUSION = {
  personRef: 'PER-TEST-0001',
  identity: IDENTITY,
  document: { number: 'XTEST0001', kind: 'PASSPORT', country: 'NL' },
  threat: 'Reist naar gebieden met minderjarigen',
  grounds: 'Veroordeling 2019',
  criterion: 'FEIT',
  offenceCode: '1011 00',
  riskLevel: 'HIGH',
  validUntil: later(180),
  contact: 'NCB (fictief)',
}

const WITHHELD = { victimName: 'SLACHTOFFER FICTIEF', source: 'RPT-77', caseSummary: 'Dossier TBKK-TEST-41' }

/** Messages of story S0, by what they are; each a fresh draft that a test may change. */
export const story = {
  tip: (over: Partial<Draft> = {}): Draft => ({
    type: 'tip.ngo.forwarded',
    from: 'ecpat/meldpunt',
    to: [{ to: 'tbkk/zaken', purpose: 'intake', basis: 'uavg-33' }],
    data: {
      tipRef: 'TIP-1',
      facts: 'Gezien in een hotel',
      place: 'Cebu',
      country: 'PH',
      ngoAssessment: 'Betrouwbaar',
      contactPolicy: 'HOTLINE_ONLY',
      reporterHandle: 'RPT-77',
      childAtRisk: false,
    },
    context: GDPR,
    toExchange: { withheldBySender: ['reporterContact'] },
    ...over,
  }),
  question: (over: Partial<Draft> = {}): Draft => ({
    type: 'tip.followup.question',
    from: 'tbkk/zaken',
    to: [{ to: 'ecpat/meldpunt', purpose: 'follow-up', basis: 'no-personal-data' }],
    data: { tipRef: 'TIP-1', questionId: 'Q-1', question: 'Welke kleur had het hek?' },
    context: GDPR,
    toExchange: REVIEWED,
    ...over,
  }),
  answer: (over: Partial<Draft> = {}): Draft => ({
    type: 'tip.followup.answer',
    from: 'ecpat/meldpunt',
    to: [{ to: 'tbkk/zaken', purpose: 'follow-up', basis: 'uavg-33' }],
    data: { questionId: 'Q-1', answer: 'Blauw', reporterHandle: 'RPT-77' },
    context: GDPR,
    ...over,
  }),
  risk: (over: Partial<Draft> = {}): Draft => ({
    type: 'risk.assessment.completed',
    from: 'recl/toezicht',
    to: [{ to: 'tbkk/zaken', purpose: 'risk-assessment', basis: 'recl-8' }],
    data: {
      personRef: 'PER-TEST-0001',
      instrument: 'STATIC-99R',
      instrumentVersion: '2016',
      assessedAt: later(-5),
      level: 'HIGH',
      validUntil: later(360),
      limits: 'Onderschat oudere plegers',
      author: 'T. Fictief',
      tskApplicability: 'Met toelichting',
      summary: 'Hoog risico',
      report: 'Volledige rapportage',
    },
    context: { ...GDPR, regime: 'LED', handling: 'AMBER' },
    ...over,
  }),
  decision: (over: Partial<Draft> = {}): Draft => ({
    type: 'om.decision',
    from: 'om-lp/parket',
    to: [{ to: 'tbkk/zaken', purpose: 'prosecution', basis: 'wjsg-39e' }],
    data: {
      decisionRef: 'OM-1',
      personRef: 'PER-TEST-0001',
      decision: 'ALERT',
      concurrence: { id: 'OM-1', covers: ['diffusion.green.requested', 'diffusion.green.sent'] },
      scope: 'PH en TH',
      validUntil: later(180),
      reasoning: 'Intern',
    },
    context: { ...GDPR, regime: 'WJSG', handling: 'AMBER' },
    ...over,
  }),
  request: (evidence: readonly OpenedEvidence[] = [], over: Partial<Draft> = {}): Draft => ({
    type: 'diffusion.green.requested',
    from: 'tbkk/zaken',
    to: [{ to: 'ncb-nl/ncb', purpose: 'prevent-offence', basis: 'wpg-15' }],
    data: { ...DIFFUSION, ...WITHHELD },
    evidence,
    ...over,
  }),
  diffusion: (evidence: readonly OpenedEvidence[] = [], over: Partial<Draft> = {}): Draft => ({
    type: 'diffusion.green.sent',
    from: 'ncb-nl/ncb',
    to: [
      { to: 'ph-police/ncb', purpose: 'prevent-offence', basis: 'wpg-17a', ground: '2b' },
      { to: 'th-police/ncb', purpose: 'prevent-offence', basis: 'wpg-17a', ground: '2b' },
    ],
    data: DIFFUSION,
    toExchange: REVIEWED,
    evidence,
    ...over,
  }),
  alert: (to = 'kmar/politie', over: Partial<Draft> = {}): Draft => ({
    type: 'kmar.alert',
    from: 'tbkk/zaken',
    to: [{ to, purpose: 'border-alert', basis: 'wpg-15' }],
    data: {
      personRef: 'PER-TEST-0001',
      person: IDENTITY,
      document: null,
      flight: null,
      windowFrom: later(0),
      windowUntil: later(3),
      action: 'OBSERVE',
      groundCode: 'TSK-ALERT',
      validUntil: later(3),
      caseSummary: 'Dossier',
      source: 'RPT-77',
      riskReport: 'Rapport',
    },
    context: { wpgClass: '13' },
    ...over,
  }),
  result: (over: Partial<Draft> = {}): Draft => ({
    type: 'kmar.action.result',
    from: 'kmar/politie',
    to: [{ to: 'tbkk/zaken', purpose: 'alert-result', basis: 'wpg-15' }],
    data: { alertRef: 'AL-1', actionAt: later(0), outcome: 'MET', observation: 'Reisde alleen' },
    ...over,
  }),
  disclosure: (decided: boolean, over: Partial<Draft> = {}): Draft => ({
    type: 'police.ngo.disclosure',
    from: 'tbkk/zaken',
    to: [{ to: 'tdh/veldwerk', purpose: 'ngo-cooperation', basis: 'wpg-19' }],
    data: {
      suspectName: 'VOORBEELD, Adriaan Test',
      items: ['Vermoedelijk in Cebu', 'Reist alleen'],
      conditions: 'Na gebruik vernietigen',
      decision: decided ? { kind: 'WPG19', ref: 'W19-1', interest: 'Bescherming van kinderen' } : null,
    },
    toExchange: REVIEWED,
    ...over,
  }),
  ask: (over: Partial<Draft> = {}): Draft => ({
    type: 'police.ngo.disclosure.requested',
    from: 'tdh/veldwerk',
    to: [{ to: 'tbkk/zaken', purpose: 'ngo-cooperation', basis: 'uavg-33' }],
    data: { request: 'Is deze man bekend?', about: 'FIELD-1' },
    context: GDPR,
    ...over,
  }),
  feedback: (over: Partial<Draft> = {}): Draft => ({
    type: 'tip.feedback',
    from: 'tbkk/zaken',
    to: [{ to: 'ecpat/meldpunt', purpose: 'feedback', basis: 'no-personal-data' }],
    data: { tipRef: 'TIP-1', status: 'ASSESSED' },
    context: GDPR,
    ...over,
  }),
}

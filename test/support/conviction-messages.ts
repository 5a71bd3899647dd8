import type { OpenedEvidence } from '#core/message/content.ts'
import { type Draft, NOW } from './verified-message.ts'

const later = (days: number): string => new Date(NOW + days * 86_400_000).toISOString()
const WJSG = { regime: 'WJSG', wpgClass: null, evaluation: null, personCategory: null, factOrOpinion: null }
const IDENTITY = {
  surname: 'VOORBEELD',
  givenNames: 'KLARA TEST',
  birthDate: '1990-02-14',
  birthPlace: 'Musterstadt',
  birthCountry: 'DE',
  formerNames: null,
}
const CONSENT = { ref: 'TOESTEMMING-1', givenAt: later(-2), withdrawnAt: null }
const REVIEWED = { freeTextReviewed: { actor: 'justis-92' } }

export const conviction = (code: string, state = 'DE') => ({
  ref: `${state}-REG-1`,
  state,
  court: 'Rechtbank (fictief)',
  convictedOn: '2019-05-02',
  finalOn: '2019-06-01',
  offences: [
    {
      code,
      national: null,
      completion: 'COMPLETED',
      participation: 'PERPETRATOR',
      exempt: false,
      committedOn: '2018-08-01',
    },
  ],
  sanctions: [{ code: '1001 00', national: null, until: null }],
})

type Data = Readonly<Record<string, unknown>>
const draft = (
  type: string,
  from: string,
  to: string,
  [purpose, basis, ground]: readonly [purpose: string, basis: string, ground?: string],
  data: Data,
  evidence: readonly OpenedEvidence[] = [],
): Draft => ({
  type,
  from,
  to: [{ to, purpose, basis, ...(ground ? { ground } : {}) }],
  data,
  context: WJSG,
  toExchange: REVIEWED,
  evidence,
})

const VOG = ['vog-decision', 'wjsg-28'] as const
const VOG36 = ['vog-decision', 'wjsg-36'] as const
const ECRIS = ['child-vetting', 'fd-2009-315'] as const
const TCN = ['child-vetting', 'ecris-tcn'] as const
const UK = ['child-vetting', 'tca-643'] as const

const request = (nationality: string, state: string): Data => ({
  requestRef: 'ECR-1',
  purposeCode: 'CHILD_VETTING',
  personRef: 'APP-1',
  identity: IDENTITY,
  nationalities: [nationality],
  requestedState: state,
  vogProfile: 'CHILDREN_PAID',
  consent: CONSENT,
})
const reply = (state: string, convictions: readonly unknown[]): Data => ({
  requestRef: 'ECR-1',
  personRef: 'APP-1',
  replyingState: state,
  outcome: convictions.length > 0 ? 'CONVICTIONS' : 'NO_CONVICTIONS',
  convictions,
})
const query: Data = {
  queryRef: 'TCN-1',
  purposeCode: 'CHILD_VETTING',
  personRef: 'APP-1',
  identity: IDENTITY,
  nationalities: ['MA'],
  vogProfile: 'CHILDREN_PAID',
  consent: CONSENT,
}
const hit: Data = {
  queryRef: 'TCN-1',
  personRef: 'APP-1',
  memberStates: ['BE', 'FR'],
  references: ['B-1', 'F-1'],
}
const ukRequest: Data = {
  requestRef: 'UK-1',
  personRef: 'APP-1',
  identity: IDENTITY,
  nationalities: ['GB'],
  vogProfile: 'CHILDREN_PAID',
  consent: CONSENT,
  stayed: false,
}
const ukReply: Data = { requestRef: 'UK-1', personRef: 'APP-1', outcome: 'NO_CONVICTIONS', convictions: [] }
const supplied: Data = { requestRef: 'ECR-1', personRef: 'APP-1', identity: IDENTITY, nationalities: ['DE'] }
const notice: Data = {
  notificationRef: 'NOT-1',
  change: 'CONVICTION',
  personRef: 'APP-5',
  identity: IDENTITY,
  convictions: [conviction('1009 00', 'BE')],
}

/** Messages of story S3, by what they are. */
export const convictionStory = {
  application: () =>
    draft('vog.application', 'justis/loket', 'justis/vog', VOG, {
      applicationRef: 'VOG-1',
      personRef: 'APP-1',
      identity: IDENTITY,
      nationalities: ['DE'],
      vogProfile: 'CHILDREN_PAID',
      position: 'leerkracht',
      consent: CONSENT,
      receivedAt: later(-1),
    }),
  jdQuery: () =>
    draft('vog.jd.query', 'justis/vog', 'justid/jd', VOG36, {
      queryRef: 'JD-1',
      personRef: 'APP-1',
      identity: IDENTITY,
      vogProfile: 'CHILDREN_PAID',
    }),
  jdExtract: () =>
    draft('vog.jd.extract', 'justid/jd', 'justis/vog', VOG36, {
      queryRef: 'JD-1',
      personRef: 'APP-1',
      checkedAt: later(0),
      records: [],
      acquittals: ['vrijspraak 2015'],
    }),
  policeAsked: () =>
    draft('vog.police.data.requested', 'justis/vog', 'tbkk/zaken', VOG36, {
      requestRef: 'POL-1',
      personRef: 'APP-1',
      identity: IDENTITY,
      since: '2022-11-01',
    }),
  policeGiven: (): Draft => ({
    ...draft('vog.police.data', 'tbkk/zaken', 'justis/vog', ['vog-decision', 'wpg-18'], {
      requestRef: 'POL-1',
      personRef: 'APP-1',
      mutations: [{ ref: 'MUT-1', on: '2024-03-01', kind: 'melding', text: 'Gezien bij een school' }],
      embargoCheck: { by: 'officier van justitie', at: later(-1) },
      embargoed: ['lopend onderzoek'],
    }),
    context: { regime: 'WPG', wpgClass: '8', evaluation: 'B2' },
  }),
  refusalIntended: () =>
    draft('vog.refusal.intended', 'justis/vog', 'justis/loket', VOG, {
      applicationRef: 'VOG-1',
      viewsUntil: '2026-12-20',
      grounds: 'Veroordeling 2019',
    }),
  decision: () =>
    draft('vog.decision', 'justis/vog', 'justis/loket', VOG, {
      applicationRef: 'VOG-1',
      identity: IDENTITY,
      vogProfile: 'CHILDREN_PAID',
      outcome: 'REFUSED',
      decidedOn: '2026-11-20',
      grounds: 'Veroordeling 2019',
    }),
  asked: () => draft('ecris.request', 'justis/vog', 'justid/ecris', ECRIS, request('DE', 'DE')),
  sent: (nationality = 'DE', evidence: readonly OpenedEvidence[] = [], to = 'ms-de/register') =>
    draft('ecris.request', 'justid/ecris', to, ECRIS, request(nationality, 'DE'), evidence),
  suppliedByJustis: () => draft('ecris.identity.supplied', 'justis/vog', 'justid/ecris', ECRIS, supplied),
  supplied: () => draft('ecris.identity.supplied', 'justid/ecris', 'ms-de/register', ECRIS, supplied),
  replied: () =>
    draft('ecris.reply', 'ms-de/register', 'justid/ecris', ECRIS, reply('DE', [conviction('1011 00')])),
  passed: (evidence: readonly OpenedEvidence[] = []) =>
    draft('ecris.reply', 'justid/ecris', 'justis/vog', ECRIS, reply('DE', [conviction('1011 00')]), evidence),
  received: (code: 'CHILD_VETTING' | 'CRIMINAL') =>
    draft(
      'ecris.request',
      'ms-de/register',
      'justid/ecris',
      [code === 'CRIMINAL' ? 'criminal-proceedings' : 'foreign-vetting', 'fd-2009-315'],
      { ...request('NL', 'NL'), purposeCode: code, vogProfile: null },
    ),
  answered: (purpose: string, code = '1011 00') =>
    draft(
      'ecris.reply',
      'justid/ecris',
      'ms-de/register',
      [purpose, 'bjsg-34'],
      reply('NL', [conviction(code, 'NL')]),
    ),
  notifiedIn: (nationality = 'NL') =>
    draft('ecris.notification', 'ms-be/register', 'justid/ecris', ['conviction-exchange', 'fd-2009-315'], {
      ...notice,
      nationalities: [nationality],
    }),
  notifiedOut: () =>
    draft('ecris.notification', 'justid/ecris', 'ms-de/register', ['conviction-exchange', 'bjsg-34'], {
      ...notice,
      nationalities: ['DE'],
    }),
  stored: () =>
    draft('ecris.notification', 'justid/ecris', 'justid/jd', ['conviction-exchange', 'bjsg-34'], {
      ...notice,
      nationalities: ['NL'],
    }),
  destroyed: () =>
    draft('ecris.data.destroyed', 'justis/vog', 'justid/ecris', ['vog-decision', 'bjsg-34'], {
      applicationRef: 'VOG-1',
      replies: ['ECR-1'],
      destroyedAt: later(0),
    }),
  reuse: () =>
    draft('ecris.reuse.requested', 'tbkk/zaken', 'justis/vog', ['prosecution', 'wjsg-36'], {
      replyRef: 'ECR-1',
      personRef: 'APP-1',
      intendedUse: 'opsporing',
    }),
  tcnAsked: () => draft('ecristcn.query', 'justis/vog', 'justid/ecris', TCN, query),
  tcnSent: () => draft('ecristcn.query', 'justid/ecris', 'ecris-tcn/centraal', TCN, query),
  tcnHit: () => draft('ecristcn.hit', 'ecris-tcn/centraal', 'justid/ecris', TCN, hit),
  tcnPassed: () => draft('ecristcn.hit', 'justid/ecris', 'justis/vog', TCN, hit),
  ukAsked: () => draft('uk.conviction.request', 'justis/vog', 'justid/ecris', UK, ukRequest),
  ukSent: (evidence: readonly OpenedEvidence[] = []) =>
    draft(
      'uk.conviction.request',
      'justid/ecris',
      'uk-ca/register',
      [...UK, 'adequacy'],
      ukRequest,
      evidence,
    ),
  ukReplied: () => draft('uk.conviction.reply', 'uk-ca/register', 'justid/ecris', UK, ukReply),
  ukPassed: () => draft('uk.conviction.reply', 'justid/ecris', 'justis/vog', UK, ukReply),
  transferred: () =>
    draft(
      'sentence.transfer.registered',
      'min-jenv/overdracht',
      'justid/jd',
      ['sentence-register', 'wots-wets'],
      {
        transferRef: 'WOTS-1',
        personRef: 'APP-4',
        identity: IDENTITY,
        foreignState: 'TH',
        dutchDecision: 'Rechtbank (fictief), omzetting 2023',
        decidedOn: '2023-02-01',
        offence: 'Sr 245',
        sanction: '3 jaar',
      },
    ),
  offered: (): Draft => ({
    ...draft('noneu.conviction.offered', 'ncb-nl/ncb', 'tbkk/zaken', ['intake', 'wpg-15'], {
      offerRef: 'OFF-1',
      country: 'TH',
      personRef: 'APP-4',
      identity: IDENTITY,
      convictedOn: '2021-07-01',
      offence: 'misbruik',
    }),
    context: { regime: 'WPG', wpgClass: '8', evaluation: 'B2' },
  }),
  iipc: () =>
    draft('iipc.certificate', 'ncb-nl/ncb', 'justis/vog', ['vog-decision', 'iipc'], {
      certificateRef: 'IIPC-1',
      identity: IDENTITY,
      statement: 'NO_RECORD_KNOWN',
      issuedOn: '2026-11-01',
    }),
}

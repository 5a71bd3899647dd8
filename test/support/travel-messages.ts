import type { OpenedEvidence } from '#core/message/content.ts'
import { type Draft, NOW } from './verified-message.ts'

const HOUR = 3_600_000

/** A time `hours` from the story's now, and the date of it. */
export const hours = (count: number): string => new Date(NOW + count * HOUR).toISOString()
export const dateIn = (days: number): string => hours(24 * days).slice(0, 10)

const CONTEXT = { wpgClass: null, evaluation: null, personCategory: null, factOrOpinion: null }
const BORDER = { context: { ...CONTEXT, regime: 'GDPR' } }
const PNR = { context: { ...CONTEXT, regime: 'PNR' } }

/** Departed six hours ago, lands in eight. */
export const FLIGHT = {
  number: 'XT807',
  date: dateIn(0),
  from: 'MNL',
  to: 'AMS',
  departsAt: hours(-6),
  arrivesAt: hours(8),
}
const PERSON = {
  surname: 'VOORBEELD',
  givenNames: 'ADRIAAN TEST',
  birthDate: '1971-03-09',
  nationality: 'NL',
}
const PASSENGER = { ...PERSON, documentNumber: 'XTEST0001', documentKind: 'PASSPORT', documentCountry: 'NL' }
const RECORD = {
  locator: 'XT7TST',
  bookedOn: dateIn(-30),
  surname: 'VOORBEELD',
  givenNames: 'ADRIAAN TEST',
  birthDate: null,
  contact: 'voorbeeld@voorbeeld.example',
  payment: null,
  loyaltyNumber: null,
  agency: null,
  status: 'HK',
  seat: '12A',
  bags: 1,
  services: ['UMNR'],
}

type Over = Partial<Draft>

/** A draft with some of its data changed. */
export const withData = (draft: Draft, data: Readonly<Record<string, unknown>>): Draft => {
  return { ...draft, data: { ...draft.data, ...data } }
}
export const onFlight = (draft: Draft, flight: Readonly<Record<string, unknown>>): Draft =>
  withData(draft, { flight: { ...FLIGHT, ...flight } })

/** Messages of the border and of Pi-NL, by what they are; each a fresh draft that a test may change. */
export const travel = {
  batch: (over: Over = {}): Draft => ({
    type: 'api.batch',
    from: 'airline-kl/passagiers',
    to: [{ to: 'kmar/vreemdelingen', purpose: 'border-control', basis: 'api-dir' }],
    data: {
      flight: FLIGHT,
      carrier: 'XT',
      crossingPoint: 'NLAMS',
      stage: 'CHECK_IN',
      part: 1,
      parts: 1,
      passengerCount: 2,
      passengers: [PASSENGER, { ...PASSENGER, surname: 'VERZONNEN', documentNumber: 'XTEST0002' }],
    },
    ...BORDER,
    ...over,
  }),
  hit: (over: Over = {}): Draft => ({
    type: 'api.hit',
    from: 'kmar/vreemdelingen',
    to: [{ to: 'kmar/politie', purpose: 'border-hit', basis: 'api-dir' }],
    data: {
      hitRef: 'HIT-TEST-1',
      alertRef: 'AL-TEST-1',
      matchedWith: 'ALERT',
      person: PERSON,
      document: null,
      flight: FLIGHT,
      boarded: true,
      matchedAt: hours(-1),
      action: 'OBSERVE',
      coPassengers: ['VERZONNEN, B.'],
    },
    ...BORDER,
    ...over,
  }),
  onward: (evidence: readonly OpenedEvidence[] = [], over: Over = {}): Draft => ({
    ...travel.hit(),
    from: 'kmar/politie',
    to: [{ to: 'tbkk/zaken', purpose: 'border-hit', basis: 'wpg-15' }],
    context: { wpgClass: '8' },
    evidence,
    ...over,
  }),
  purged: (over: Over = {}): Draft => ({
    type: 'api.purged',
    from: 'kmar/vreemdelingen',
    to: [{ to: 'kmar/fg', purpose: 'purge-attestation', basis: 'api-dir' }],
    data: { flight: FLIGHT, purgedAt: hours(0), purged: 1, kept: 1 },
    ...BORDER,
    ...over,
  }),
  push: (over: Over = {}): Draft => ({
    type: 'pnr.batch',
    from: 'airline-kl/passagiers',
    to: [{ to: 'pinl/pnr', purpose: 'pnr-serious-crime', basis: 'pnr-4' }],
    data: {
      flight: { ...FLIGHT, departsAt: hours(30), arrivesAt: hours(44), date: dateIn(1) },
      carrier: 'XT',
      push: 'PRE_DEPARTURE',
      part: 1,
      parts: 1,
      recordCount: 1,
      records: [RECORD],
      specialServices: ['SSR fictief'],
      otherElements: ['OSI fictief'],
    },
    ...PNR,
    ...over,
  }),
  pnrHit: (over: Over = {}): Draft => ({
    type: 'pnr.hit',
    from: 'pinl/pnr',
    to: [{ to: 'tbkk/zaken', purpose: 'pnr-serious-crime', basis: 'pnr-8' }],
    data: {
      hitRef: 'PNR-HIT-TEST-1',
      passenger: PERSON,
      flight: FLIGHT,
      offenceCode: '1008 00',
      matchedWith: 'DATABASE',
      matchRef: 'LIJST-TEST-1',
      matchedAt: hours(-1),
      coTravellers: ['VERZONNEN, B.'],
      fullRecord: 'Volledige reservering',
    },
    ...PNR,
    ...over,
  }),
  asks: (over: Over = {}): Draft => ({
    type: 'pnr.requested',
    from: 'tbkk/zaken',
    to: [{ to: 'pinl/pnr', purpose: 'pnr-serious-crime', basis: 'pnr-10' }],
    data: {
      requestRef: 'VERZ-TEST-1',
      orderRef: 'VORD-TEST-1',
      offenceCode: '1008 00',
      person: PERSON,
      flight: FLIGHT,
      periodFrom: dateIn(-1),
      periodUntil: dateIn(0),
      grounds: 'Onderzoek (fictief)',
    },
    toExchange: { freeTextReviewed: { actor: 'rech-22' } },
    ...over,
  }),
  answer: (flownOn: string, over: Over = {}): Draft => ({
    type: 'pnr.answer',
    from: 'pinl/pnr',
    to: [{ to: 'tbkk/zaken', purpose: 'pnr-serious-crime', basis: 'pnr-10' }],
    data: {
      requestRef: 'VERZ-TEST-1',
      offenceCode: '1008 00',
      flight: { number: 'XT807', date: flownOn, from: 'MNL', to: 'AMS' },
      outcome: 'FOUND',
      itinerary: ['XT807 MNL AMS'],
      passenger: PERSON,
    },
    ...PNR,
    ...over,
  }),
}

/** What is masked after six months, left out by Pi-NL itself. */
export const MASKED = [
  'passenger',
  'document',
  'contact',
  'payment',
  'loyaltyNumber',
  'coTravellers',
  'personRef',
]

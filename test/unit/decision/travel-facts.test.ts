import { describe, expect, it } from 'vitest'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import { startDuties } from '#core/duty/start-duties.ts'
import type { HandoffId } from '#core/ids.ts'
import type { OpenedEvidence } from '#core/message/content.ts'
import { testEpoch } from '../../support/contracts.ts'
import { hours, MASKED, onFlight, travel, withData } from '../../support/travel-messages.ts'
import { type Draft, labelOf, NOW, verifiedMessage } from '../../support/verified-message.ts'

const epoch = testEpoch()
const strict = testEpoch({ strict: true })
const HOUR = 3_600_000

const question = (draft: Draft, at = NOW, under = epoch) =>
  deriveQuestion(verifiedMessage(under, draft), 0, under, at, NO_APPROVALS)
const fact = (name: string, draft: Draft, at = NOW) => question(draft, at).facts[name]
function verdict(draft: Draft, at = NOW): readonly [string, ...string[]] {
  const { kind, reasons } = decide(question(draft, at), epoch)
  return [kind, ...new Set(reasons.map(({ code }) => code))]
}

const REGULATION = Date.parse('2028-12-31T23:00:00Z')
const received = (at: number): OpenedEvidence => labelOf(verifiedMessage(epoch, travel.batch()), epoch, 0, at)
const departs = NOW - 6 * HOUR
const arrives = NOW + 8 * HOUR

describe('until when a flight may be sent and kept', () => {
  it('is unknown without times, with times that are none, and of an authority without a regime', () => {
    expect(fact('apiTerms', travel.purged({ data: { flight: null } }))).toBeUndefined()
    expect(fact('apiTerms', onFlight(travel.batch(), { departsAt: 'gisteren' }))).toBeUndefined()
    expect(fact('apiTerms', onFlight(travel.batch(), { arrivesAt: 3 }))).toBeUndefined()
    const abroad = travel.hit({ to: [{ to: 'ph-police/ncb', purpose: 'border-hit', basis: 'api-dir' }] })
    expect(fact('apiTerms', abroad)).toBeUndefined()
    expect(question(travel.batch(), NOW, strict).facts['apiTerms']).toBeUndefined()
    const bare = testEpoch({
      change: {
        'contracts/register/api-regimes.json': (text) => text.replaceAll('"cutoffHours":', '"cutoff":'),
      },
    })
    expect(question(travel.batch(), NOW, bare).facts['apiTerms']).toBeUndefined()
  })
  it('directive: the carrier a day after arrival, the authority a day after receipt, else after departure', () => {
    const kept = (evidence: readonly OpenedEvidence[]) => fact('apiTerms', travel.hit({ evidence }))
    const sendUntil = arrives + 24 * HOUR
    expect(kept([])).toEqual({ sendUntil, keepUntil: departs + 24 * HOUR })
    expect(kept([received(NOW - HOUR)])).toEqual({ sendUntil, keepUntil: NOW + 23 * HOUR })
    // The first receipt counts, and another label than that of a batch says nothing.
    expect(kept([received(NOW), received(NOW - HOUR)])).toEqual({ sendUntil, keepUntil: NOW + 23 * HOUR })
    const hit = labelOf(verifiedMessage(epoch, travel.hit()), epoch, 0, NOW)
    expect(kept([hit])).toEqual({ sendUntil, keepUntil: departs + 24 * HOUR })
  })
  it('regulation: 48 hours, 48 more for who did not board, nothing beyond 96 hours', () => {
    const at = REGULATION + 50 * HOUR
    const times = (hoursAgo: number) => {
      return {
        departsAt: new Date(at - hoursAgo * HOUR).toISOString(),
        arrivesAt: new Date(at).toISOString(),
      }
    }
    const kept = (boarded: boolean | null, since?: number) =>
      fact(
        'apiTerms',
        {
          ...withData(onFlight(travel.hit(), times(10)), { boarded }),
          evidence: since === undefined ? [] : [received(since)],
        },
        at,
      )
    const departed = at - 10 * HOUR
    const sendUntil = departed + 48 * HOUR
    expect(kept(true)).toEqual({ sendUntil, keepUntil: departed + 48 * HOUR })
    expect(kept(null)).toEqual({ sendUntil, keepUntil: departed + 48 * HOUR })
    expect(kept(false)).toEqual({ sendUntil, keepUntil: departed + 96 * HOUR })
    expect(kept(false, at - HOUR)).toEqual({ sendUntil, keepUntil: departed + 96 * HOUR })
  })
  it('the last millisecond counts, the next does not', () => {
    const sent = onFlight(travel.batch(), { departsAt: hours(-38), arrivesAt: hours(-24) })
    expect(verdict(sent, NOW - 1)).toEqual(['permit'])
    expect(verdict(sent, NOW)).toEqual(['deny', 'RETENTION_EXPIRED'])
    // A flight of four days: the cut-off comes before the day after arrival.
    const long = onFlight(travel.batch(), { departsAt: hours(-96), arrivesAt: hours(-2) })
    expect(verdict(long, NOW - 1)).toEqual(['permit'])
    expect(verdict(long, NOW)).toEqual(['deny', 'RETENTION_EXPIRED'])
    const hit = onFlight(travel.hit(), { departsAt: hours(-24), arrivesAt: hours(-10) })
    expect(verdict(hit, NOW - 1)).toEqual(['hold', 'HUMAN_REVIEW_REQUIRED'])
    expect(verdict(hit, NOW)).toEqual(['deny', 'RETENTION_EXPIRED'])
  })
})

describe('directive and regulation, by date', () => {
  const on = (basis: string, at: number): readonly [string, ...string[]] => {
    const [departsAt, arrivesAt] = [at - HOUR, at + HOUR].map((time) => new Date(time).toISOString())
    const to = [{ to: 'kmar/vreemdelingen', purpose: 'border-control', basis }]
    return verdict(onFlight(travel.batch({ to }), { departsAt, arrivesAt }), at)
  }
  it('the regulation waits for its day, the directive ends with it', () => {
    expect(on('api-2025-12', REGULATION - 1)).toEqual(['hold', 'BASIS_NOT_IN_FORCE'])
    expect(on('api-2025-12', REGULATION)).toEqual(['permit'])
    expect(on('api-dir', REGULATION - 1)).toEqual(['permit'])
    expect(on('api-dir', REGULATION)).toEqual(['deny', 'BASIS_NOT_IN_FORCE'])
  })
})

describe('which flights', () => {
  it.each([
    ['MNL', 'AMS', 'permit'],
    ['LHR', 'EIN', 'permit'],
    // Within Schengen; not to the Netherlands; airports that no row knows.
    ['CDG', 'AMS', 'deny'],
    ['MNL', 'BRU', 'deny'],
    ['QQQ', 'AMS', 'deny'],
    ['MNL', 'QQQ', 'deny'],
  ])('API %s to %s: %s', (from, to, kind) => {
    const reasons = kind === 'deny' ? ['CRITERION_NOT_MET'] : []
    expect(verdict(onFlight(travel.batch(), { from, to }))).toEqual([kind, ...reasons])
  })
  it.each([
    ['MNL', 'AMS', 'permit-redacted'],
    ['AMS', 'MNL', 'permit-redacted'],
    ['MNL', 'LHR', 'deny'],
    ['QQQ', 'QQQ', 'deny'],
  ])('PNR %s to %s: %s', (from, to, kind) => {
    const push = travel.push()
    const flight = { ...(push.data['flight'] as object), from, to }
    const reasons = kind === 'deny' ? ['CRITERION_NOT_MET'] : []
    expect(verdict(withData(push, { flight }))).toEqual([kind, ...reasons])
  })
})

describe('passenger name records', () => {
  it('come no earlier than 48 hours before departure', () => {
    const push = onFlight(travel.push(), { departsAt: hours(48), arrivesAt: hours(62) })
    expect(verdict(push, NOW - 1)).toEqual(['deny', 'OUT_OF_WINDOW'])
    expect(verdict(push, NOW)).toEqual(['permit-redacted'])
    expect(verdict(onFlight(travel.push(), { departsAt: 'straks' }))).toEqual(['deny', 'OUT_OF_WINDOW'])
  })
  it('name no service that reveals religion or health', () => {
    const [record] = travel.push().data['records'] as readonly object[]
    const served = (services: unknown) =>
      verdict(withData(travel.push(), { records: [record, { ...record, services }] }))
    expect(served(['UMNR', 'KSML'])).toEqual(['deny', 'SPECIAL_CATEGORY_NOT_UNAVOIDABLE'])
    expect(served(['WCHR'])).toEqual(['deny', 'SPECIAL_CATEGORY_NOT_UNAVOIDABLE'])
    expect(served(['UMNR'])).toEqual(['permit-redacted'])
    expect(served(null)).toEqual(['permit-redacted'])
    const asked = question(
      withData(travel.push(), { records: [{ ...record, services: ['KSML'] }] }),
      NOW,
      strict,
    )
    expect(asked.facts['pnrSensitive']).toBe(true)
  })
  it('are masked when six months are over, and destroyed when five years are', () => {
    const masked = Date.parse('2026-11-24T23:00:00Z')
    const answered = (at: number) => verdict(travel.answer('2026-05-24'), at)
    expect(answered(masked - 1)).toEqual(['permit'])
    expect(answered(masked)).toEqual(['hold', 'APPROVAL_PENDING'])
    const gone = (at: number) => verdict(travel.answer('2021-11-24'), at)
    expect(gone(masked - 1)).toEqual(['hold', 'APPROVAL_PENDING'])
    expect(gone(masked)).toEqual(['deny', 'RETENTION_EXPIRED'])
    expect(verdict(travel.answer('2021-02-30'))).toEqual(['deny', 'RETENTION_EXPIRED'])
  })
  it('of a request without a flight, by the last day it asks about', () => {
    const asked = (periodUntil: string) => verdict(withData(travel.asks(), { flight: null, periodUntil }))
    expect(asked('2021-11-24')).toEqual(['hold', 'APPROVAL_PENDING'])
    expect(asked('2021-11-23')).toEqual(['deny', 'RETENTION_EXPIRED'])
  })
  it('need no consent when Pi-NL itself leaves out what is masked', () => {
    const left = travel.answer('2026-01-01', { toExchange: { withheldBySender: MASKED } })
    const bare = withData(left, { passenger: null })
    expect(verdict(bare)).toEqual(['permit-redacted'])
    for (const name of MASKED) {
      const kept = MASKED.filter((one) => one !== name)
      const value = name === 'coTravellers' ? ['X'] : name === 'passenger' ? { surname: 'X' } : 'X'
      const one = withData(travel.answer('2026-01-01', { toExchange: { withheldBySender: kept } }), {
        passenger: null,
        [name]: value,
      })
      expect([name, ...verdict(one)]).toEqual([name, 'hold', 'APPROVAL_PENDING'])
    }
  })
  it('strict: an unverified list of offences lists none, an unverified row still masks', () => {
    expect(question(travel.pnrHit(), NOW, strict).facts['pnrOffence']).toBeUndefined()
    expect(question(travel.answer('2026-01-01'), NOW, strict).facts['pnrUnmasked']).toBe(true)
    expect(question(travel.batch()).facts['pnrUnmasked']).toBeUndefined()
  })
})

describe('the duties of these types', () => {
  const begun = (draft: Draft, at = NOW) =>
    startDuties(
      { verified: verifiedMessage(epoch, draft), index: 0 },
      'ho-1-1-0123456789abcdef' as HandoffId,
      epoch,
      at,
      'both',
    )
      .map(({ change }) => [change.duty, change.owner, change.dueAt])
      .sort()
  const over = (basis: string) => [{ to: 'kmar/vreemdelingen', purpose: 'border-control', basis }]
  it('API: the authority purges and the exchange erases in the term of the instrument that was cited', () => {
    const day = NOW + 24 * HOUR
    expect(begun(travel.batch({ to: over('api-dir') }))).toEqual([
      ['api-erase-directive', 'exchange', day],
      ['api-purge-directive', 'recipient', day],
    ])
    expect(begun(travel.batch({ to: over('api-2025-12') }))).toEqual([
      ['api-erase-regulation', 'exchange', day + 24 * HOUR],
      ['api-purge-regulation', 'recipient', day + 24 * HOUR],
    ])
  })
  it('PNR: masked and destroyed when the rules begin to say so', () => {
    const push = travel.push()
    const kept = fact('pnrKept', push) as { readonly maskedFrom: number; readonly deletedFrom: number }
    expect(begun(push)).toEqual([
      ['pnr-erase', 'exchange', NOW + HOUR],
      ['pnr-kept', 'recipient', kept.deletedFrom],
      ['pnr-unmasked', 'recipient', kept.maskedFrom],
    ])
  })
})

import { describe, expect, it } from 'vitest'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { FactValue } from '#core/decision/verdict.ts'
import { testEpoch } from '../../support/contracts.ts'
import { draftOfCase } from '../../support/draft-of-case.ts'
import { type Draft, labelOf, NOW, verifiedMessage } from '../../support/verified-message.ts'

const epoch = testEpoch()
type Data = Readonly<Record<string, unknown>>

function fact(name: string, draft: Draft, at = NOW, world: Epoch = epoch): FactValue | undefined {
  return deriveQuestion(verifiedMessage(world, draft), 0, world, at, NO_APPROVALS).facts[name]
}
const s2 = (step: string, data: Data = {}): Draft => {
  const draft = draftOfCase('S2', step)
  return { ...draft, data: { ...draft.data, ...data } }
}
const strict: Epoch = { ...epoch, profile: { ...epoch.profile, strict: true } }

describe('reviewLatest: months in Amsterdam, end exclusive', () => {
  it.each([
    ['4b', '2026-11-24T12:00:00Z', '2027-11-24T23:00:00.000Z'],
    // Already the next day in Amsterdam.
    ['4b', '2026-11-24T23:00:00Z', '2027-11-25T23:00:00.000Z'],
    ['4b', '2026-11-24T22:59:59.999Z', '2027-11-24T23:00:00.000Z'],
    // The list: six months, into summer time; the last day of a shorter month.
    ['1', '2026-08-31T10:00:00Z', '2027-02-28T23:00:00.000Z'],
    ['1', '2026-11-24T12:00:00Z', '2027-05-24T22:00:00.000Z'],
  ])('step %s decided at %s: before %s', (step, decided, latest) => {
    expect(new Date(Number(fact('reviewLatest', s2(step), Date.parse(decided)))).toISOString()).toBe(latest)
  })
  it('is absent for a type without a term, and under --strict', () => {
    expect(fact('reviewLatest', s2('10f'))).toBeUndefined()
    expect(fact('reviewLatest', s2('4b'), NOW, strict)).toBeUndefined()
  })
})

describe('queryUntil: three months from the day it looks back to', () => {
  it.each([
    ['2026-10-24T00:00:00Z', '2027-01-24T23:00:00.000Z'],
    ['2026-11-30T23:30:00Z', '2027-03-01T23:00:00.000Z'],
  ])('since %s: until %s', (since, until) => {
    expect(new Date(Number(fact('queryUntil', s2('9a', { since })))).toISOString()).toBe(until)
  })
})

describe('offenceInForce: the article under the number of its day', () => {
  it.each([
    ['Sr 240b', '2024-06-30', true],
    ['Sr 240b', '2024-07-01', false],
    ['Sr 252', '2024-06-30', false],
    ['Sr 252', '2024-07-01', true],
    ['Sr 245', '2024-06-30', true],
    ['Sr 245', '2024-07-01', true],
    ['Sr 273f', '2024-07-01', true],
    ['Sr 999', '2024-07-01', false],
    ['1011 00', '2024-07-01', undefined],
  ])('%s on %s: %s', (offenceCode, offenceDate, expected) => {
    expect(fact('offenceInForce', s2('4b', { offenceCode, offenceDate }))).toBe(expected)
  })
  it('counts no unverified row under --strict', () => {
    expect(fact('offenceInForce', s2('4b', { offenceCode: 'Sr 252' }), NOW, strict)).toBe(false)
  })
})

describe('identifiable: more than a name', () => {
  const nothing = { photoRef: null, fingerprintRef: null }
  it.each([
    [{ document: null, identifiers: null }, false],
    [{ document: null, identifiers: nothing }, false],
    [{ document: null, identifiers: { ...nothing, photoRef: 'F-1' } }, true],
    [{ document: null, identifiers: { ...nothing, fingerprintRef: 'V-1' } }, true],
    [{ identifiers: null }, true],
  ])('%j: %s', (data, expected) => {
    expect(fact('identifiable', s2('4b', data))).toBe(expected)
  })
  it('is absent where a type has none', () => expect(fact('identifiable', s2('10f'))).toBeUndefined())
})

describe('areas by date', () => {
  const lead = (country: string): Draft => ({ ...s2('10a', { country }) })
  const both = (draft: Draft, at: string, world = epoch) => [
    fact('areaOpen', draft, Date.parse(at), world),
    fact('areaMapped', draft, Date.parse(at), world),
  ]
  it.each([
    // To Bangkok: its own, Manila's, nobody's.
    ['LK', '2026-11-24T12:00:00Z', true, true],
    ['PH', '2026-11-24T12:00:00Z', false, true],
    ['MG', '2026-11-24T12:00:00Z', true, false],
    // Half-open: the day before, the first day; between the real and the synthetic rows; the end.
    ['LK', '2016-06-30T21:59:59Z', true, false],
    ['LK', '2016-06-30T22:00:00Z', true, true],
    ['LK', '2018-06-30T21:59:59Z', true, true],
    ['LK', '2018-06-30T22:00:00Z', true, false],
    ['LK', '2034-12-31T22:59:59Z', true, true],
    ['LK', '2034-12-31T23:00:00Z', true, false],
    // Rio ended, so Brazil was nobody's; thematic posts route nothing.
    ['BR', '2016-06-30T21:59:59Z', false, true],
    ['BR', '2016-06-30T22:00:00Z', true, false],
  ])('%s at %s: open %s, mapped %s', (country, at, open, mapped) => {
    expect(both(lead(country), at)).toEqual([open, mapped])
  })
  it('unverified rows map nothing under --strict', () => {
    expect(both(lead('LK'), '2026-11-24T12:00:00Z', strict)).toEqual([true, false])
  })
})

describe('memberStates: whose consent Wpg 17a(4) asks', () => {
  const from = (step: string, by: string) =>
    labelOf(verifiedMessage(epoch, { ...draftOfCase('S2', step), from: by }), epoch)
  const sent = (to: string, by: string): Draft => ({
    ...draftOfCase('N-25', '4'),
    to: [{ to, purpose: 'prevent-offence', basis: 'wpg-17a', ground: '2b' }],
    evidence: [from('8d', by)],
  })
  it.each([
    ['ph-police/ncb', 'de-police/ncb', ['00000099000000007400']],
    ['interpol/gs', 'de-police/ncb', ['00000099000000007400']],
    ['ph-police/ncb', 'th-police/ncb', undefined],
    ['ph-police/ncb', 'interpol/gs', undefined],
    ['de-police/ncb', 'de-police/ncb', undefined],
  ])('to %s with a message of %s: %j', (to, by, expected) => {
    expect(fact('memberStates', sent(to, by))).toEqual(expected)
  })
  it('trusts no unverified row about the recipient under --strict', () => {
    expect(fact('memberStates', sent('de-police/ncb', 'de-police/ncb'), NOW, strict)).toEqual([
      '00000099000000007400',
    ])
  })
})

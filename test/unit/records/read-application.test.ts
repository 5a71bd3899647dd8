import { describe, expect, it } from 'vitest'
import { readApplication } from '#services/records/read-application.ts'
import { KLARA } from '../../support/records-samples.ts'

const NOW = Date.UTC(2026, 3, 15, 12)
const REFS = { application: 'VOG-1', person: 'P-1', consent: 'C-1' }
const read = (change: Record<string, string>) => readApplication({ ...KLARA, ...change }, REFS, NOW)
const faultsOf = (change: Record<string, string>) => {
  const reading = read(change)
  return reading.kind === 'refused' ? reading.faults : {}
}

describe('an application as posted', () => {
  it.each([
    ['surname', '', 'required'],
    ['surname', 'a'.repeat(201), 'too-long'],
    ['surname', 'two\nlines', 'not-valid'],
    ['givenNames', 'right\u202Eleft', 'not-valid'],
    ['birthDate', '2026-02-30', 'not-valid'],
    ['birthDate', '14-02-1990', 'not-valid'],
    ['birthDate', '2027-01-01', 'in-future'],
    ['birthCountry', 'Germany', 'too-long'],
    ['birthCountry', 'D1', 'not-valid'],
    ['nationalities', '', 'required'],
    ['nationalities', 'DE FRA', 'not-valid'],
    ['nationalities', 'DE FR BE NL PL ES IT PT GR', 'not-valid'],
    ['vogProfile', 'EVERYTHING', 'not-valid'],
    ['vogProfile', '', 'required'],
    ['position', '', 'required'],
    ['riskDeclared', 'x'.repeat(2_001), 'too-long'],
    ['consent', '', 'required'],
    ['consent', 'perhaps', 'not-valid'],
  ])('%s %j is %s', (name, value, fault) => {
    expect(faultsOf({ [name]: value })).toEqual({ [name]: fault })
  })

  it('has no consent until it is asked: nothing counts as yes but yes', () => {
    expect(read({ consent: 'no' })).toMatchObject({ kind: 'read', application: { consent: null } })
    expect(read({})).toMatchObject({
      application: { consent: { ref: 'C-1', givenAt: '2026-04-15T12:00:00Z', withdrawnAt: null } },
    })
  })

  it('reads nationalities in any order, each once; fields that the form does not have are not there', () => {
    const reading = read({ nationalities: 'nl, de;nl', bsn: '123456782' })
    expect(reading).toMatchObject({ application: { nationalities: ['NL', 'DE'] } })
    expect(JSON.stringify(reading)).not.toContain('123456782')
  })
})

import { describe, expect, it } from 'vitest'
import type { Carried } from '#services/records/authority-kinds.ts'
import { readReply } from '#services/records/read-reply.ts'

const NOW = Date.UTC(2026, 3, 15, 12)
const CARRIED: Carried = {
  to: 'urn:nld:oin:00000099000000009301:systeem:register',
  type: 'ecris.request',
  requestRef: 'VOG-1-DE',
  personRef: 'P-1',
  identity: {
    surname: 'VOORBEELD',
    givenNames: 'KLARA TEST',
    birthDate: '1990-02-14',
    birthPlace: null,
    birthCountry: null,
    formerNames: null,
  },
  nationalities: ['DE'],
  obligations: [],
  tries: 0,
}
const CONVICTED = {
  outcome: 'CONVICTIONS',
  ref: 'DE-7',
  court: 'Amtsgericht Musterstadt',
  convictedOn: '2019-05-02',
  offences: '1011 00 Sexueller Missbrauch von Kindern\n\n1009 00',
  sanctions: '1001 00',
}
const read = (body: Record<string, string>, type = 'ecris.request') =>
  readReply(body, { ...CARRIED, type }, 'DE', NOW)
const faultsOf = (body: Record<string, string>) => {
  const reading = read(body)
  return reading.kind === 'refused' ? reading.faults : {}
}

describe('what a body abroad said, as its messenger copies it', () => {
  it.each([
    ['nothing', {}, { outcome: 'required' }],
    ['another outcome', { outcome: 'MAYBE' }, { outcome: 'not-valid' }],
    ['identity without what is wanted', { outcome: 'IDENTITY_INSUFFICIENT' }, { identityWanted: 'required' }],
    ['no offence', { ...CONVICTED, offences: '' }, { offences: 'required' }],
    ['an offence without its code', { ...CONVICTED, offences: 'abuse' }, { offences: 'not-valid' }],
    ['a code that is none', { ...CONVICTED, offences: '10110 0' }, { offences: 'not-valid' }],
    ['a sanction that is none', { ...CONVICTED, sanctions: 'prison' }, { sanctions: 'not-valid' }],
    ['a reference that no message can have', { ...CONVICTED, ref: 'a b' }, { ref: 'not-valid' }],
    ['convicted tomorrow', { ...CONVICTED, convictedOn: '2026-04-16' }, { convictedOn: 'in-future' }],
  ])('refused: %s', (_name, body, faults) => {
    expect(faultsOf(body)).toEqual(faults)
  })

  it('a conviction with its codes, each on a line', () => {
    const reading = read(CONVICTED)
    expect(reading).toMatchObject({
      kind: 'read',
      type: 'ecris.reply',
      data: {
        requestRef: 'VOG-1-DE',
        replyingState: 'DE',
        convictions: [
          {
            state: 'DE',
            offences: [
              { code: '1011 00', national: 'Sexueller Missbrauch von Kindern' },
              { code: '1009 00', national: null },
            ],
            sanctions: [{ code: '1001 00' }],
          },
        ],
      },
    })
  })

  it('what is typed beside another outcome is not copied', () => {
    expect(read({ ...CONVICTED, outcome: 'NO_CONVICTIONS' })).toMatchObject({ data: { convictions: [] } })
  })

  it('the United Kingdom replies in its own type, ECRIS-TCN with states', () => {
    expect(read({ outcome: 'NO_CONVICTIONS' }, 'uk.conviction.request')).toEqual({
      kind: 'read',
      type: 'uk.conviction.reply',
      data: {
        requestRef: 'VOG-1-DE',
        personRef: 'P-1',
        outcome: 'NO_CONVICTIONS',
        convictions: [],
        useLimits: null,
      },
    })
    expect(read({ memberStates: 'be fr' }, 'ecristcn.query')).toMatchObject({
      type: 'ecristcn.hit',
      data: { memberStates: ['BE', 'FR'] },
    })
    expect(read({ memberStates: '' }, 'ecristcn.query')).toMatchObject({ data: { memberStates: [] } })
    expect(read({ memberStates: 'Belgium' }, 'ecristcn.query')).toMatchObject({ kind: 'refused' })
  })
})

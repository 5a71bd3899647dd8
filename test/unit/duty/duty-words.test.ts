import { describe, expect, it } from 'vitest'
import type { DutyRow } from '#core/ports/fold.ts'
import { describeDuties, dutyTable } from '#services/cli/describe-duties.ts'
import { testEpoch } from '../../support/contracts.ts'
import { NOW, urn } from '../../support/verified-message.ts'

const epoch = testEpoch()
const row = (more: Partial<DutyRow> = {}): DutyRow => ({
  handoff: 'ho-3-2-00000000000000ab' as DutyRow['handoff'],
  duty: 'alert-validity',
  kind: 'validity',
  owner: 'recipient',
  caseRef: 'c',
  from: urn('tbkk/zaken'),
  to: urn('kmar/politie'),
  type: 'kmar.alert',
  state: 'open',
  awaits: null,
  startedAt: NOW,
  dueAt: NOW + 1_000,
  remindAt: null,
  reminded: false,
  next: NOW + 1_000,
  changedSeq: 2,
  changedAt: NOW,
  by: null,
  ...more,
})

describe('duties in words', () => {
  it('without any there is nothing to say', () => {
    expect(describeDuties([], [], epoch, 'en')).toEqual([])
  })

  it('a row that nobody lays on anybody any more is told by its name', () => {
    const [line] = describeDuties([row({ duty: 'gone', owner: 'exchange' })], [], epoch, 'en')
    expect(line).toContain('gone: running')
    expect(line).toContain('schakel: gone')
  })

  it.each(['nl', 'en'] as const)(
    '%s: whose, by when, by which article († where nobody verified it)',
    (lang) => {
      const [line, other] = describeDuties([row()], [row({ state: 'late' })], epoch, lang)
      for (const text of ['kmar/politie', new Date(NOW + 1_000).toISOString(), '†'])
        expect(line).toContain(text)
      expect(other).toContain('alert-validity ho-3-2-00000000000000ab')
    },
  )

  it('a clock that stands has no end, and says what for', () => {
    const [, line] = dutyTable([row({ state: 'awaiting', awaits: 'identity' })], epoch, 'en')
    expect(line).toContain('identity')
    expect(line).not.toContain('T12:')
  })
})

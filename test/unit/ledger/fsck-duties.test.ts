/** fsck judges duties by a model of its own: what is left out, invented or counted otherwise is a problem (design §6, §7). */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { parseTerm, type Term, termBefore, termEnd } from '#core/duty/term.ts'
import { openDecisions } from '#core/handoff/archive.ts'
import type { DutyChange, Outcome } from '#core/handoff/outcome.ts'
import { DutyLaw } from '#services/cli/fsck/duty-law.ts'
import { DutyModel } from '#services/cli/fsck/duty-model.ts'
import { endOf, reminderOf } from '#services/cli/fsck/duty-term.ts'
import { Problems } from '#services/cli/fsck/problems.ts'
import { PARTITION, RealExchange } from '../../support/real-exchange.ts'
import {
  editedAt,
  law,
  PATH,
  recordDuties,
  rowsWith,
  type Step,
  UNTRUE,
} from '../../support/recorded-duties.ts'
import { readContracts } from '../../support/signed-contracts.ts'

function lawOf(term = 'P10WD', remind = 'P2WD'): DutyLaw {
  const files = new Map<string, unknown>()
  for (const [path, bytes] of readContracts())
    if (path.endsWith('.json')) files.set(path, JSON.parse(Buffer.from(bytes).toString('utf8')))
  files.set(PATH, { rows: rowsWith(term, remind) })
  return new DutyLaw(files)
}

describe('fsck of duties', () => {
  let steps: readonly Step[] = []
  const records = new Map<number, readonly DecisionRecord[]>()
  beforeAll(async () => {
    const exchange = new RealExchange(law())
    steps = await recordDuties(exchange)
    for (const { outcome } of steps) {
      const place = { partition: PARTITION, seq: outcome.seq }
      const opened = outcome.decisions && (await openDecisions(exchange.keys, outcome.decisions, place))
      if (opened) records.set(outcome.seq, opened)
    }
  })

  function problemsOf(
    change: (step: Step) => Outcome | null,
    under = lawOf(),
    readable = true,
  ): readonly string[] {
    const problems = new Problems()
    const model = new DutyModel(problems)
    for (const step of steps) {
      const outcome = change(step)
      if (outcome) model.apply(outcome, readable ? records.get(outcome.seq) : undefined, under, step.what)
    }
    return problems.list.map(({ at }) => at)
  }

  it.each(UNTRUE)('%s', (_name, what, edit) => expect(problemsOf(editedAt(what, edit))).toContain(what))

  it('a change twice in one outcome, and one after the end', () => {
    const twice = (all: readonly DutyChange[]) => [...all, ...all]
    expect(problemsOf(editedAt('late', twice))).toContain('late')
    const late = steps.find(({ what }) => what === 'late')?.outcome.duties ?? []
    expect(problemsOf(editedAt('erased', (all) => [...all, ...late]))).toContain('erased')
  })

  it('what was due and became nothing before an input', () => {
    expect(problemsOf(({ what, outcome }) => (what === 'missed' ? null : outcome))).toContain('late')
  })

  it('an answer by a hand-off that answers nothing', () => {
    const other = steps[1]?.outcome.effects[0]?.handoff ?? null
    expect(problemsOf(editedAt('late', (all) => all.map((one) => ({ ...one, by: other }))))).toContain('late')
  })

  it('another register than the one it was counted by', () => {
    expect(problemsOf(({ outcome }) => outcome, lawOf('P9WD'))).toContain('asked')
    expect(problemsOf(({ outcome }) => outcome, lawOf('P10WD', 'P3WD'))).toContain('asked')
  })

  it('as it was, nothing, whether or not the records can be read', () => {
    expect(problemsOf(({ outcome }) => outcome)).toEqual([])
    expect(problemsOf(({ outcome }) => outcome, lawOf(), false)).toEqual([])
  })

  it('counts as the exchange does, by other means', () => {
    const days = { hours: 1, summer: true, free: new Set(['2026-12-25', '2027-01-01', '2027-03-29']) }
    const calendar = { country: 'NL', offset: 3_600_000, summer: true, holidays: days.free }
    const instant = fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2029, 0, 1) })
    const text = fc
      .tuple(fc.integer({ min: 1, max: 40 }), fc.constantFrom('WD', 'D', 'W', 'M', 'Y', 'H'))
      .map(([count, unit]) => (unit === 'H' ? `PT${count}H` : `P${count}${unit}`))
    fc.assert(
      fc.property(instant, text, fc.boolean(), (since, term, rolls) => {
        const parsed = parseTerm(term) as Term
        const mayRoll = rolls && !term.endsWith('WD') && !term.startsWith('PT')
        expect(endOf(since, term, days, mayRoll)).toBe(termEnd(since, parsed, calendar, mayRoll))
        expect(reminderOf(since, term, days)).toBe(termBefore(since, parsed, calendar))
      }),
      { numRuns: 500 },
    )
  })
})

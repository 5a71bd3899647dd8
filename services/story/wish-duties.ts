import type { CaseDuty, CaseStep } from './case.ts'

/** What the case says of a duty, now or at its end. */
export interface DutyWish extends CaseDuty {
  readonly step: string
  readonly handoff: string
  readonly when: 'now' | 'end'
}

interface Told {
  readonly handoff: string
  readonly to: string
}

/** Those of hand-offs that a step was to make and did not are told by what is missing of the step itself. */
export function wishDuties(
  step: CaseStep,
  lines: readonly Told[],
  handoffsOf: (step: string) => readonly Told[],
  stage: { refOf(urn: string): string },
): readonly DutyWish[] {
  const now = (step.duties ?? []).flatMap(({ of, to, duty, state }) =>
    handoffsOf(of)
      .filter((one) => to === undefined || stage.refOf(one.to) === to)
      .map(({ handoff }): DutyWish => ({ step: step.step, handoff, duty, state, when: 'now' })),
  )
  const end = step.expect.flatMap(({ to, duties = [] }) =>
    lines
      .filter((line) => line.to === to)
      .flatMap(({ handoff }) =>
        duties.map((wish): DutyWish => ({ ...wish, step: step.step, handoff, when: 'end' })),
      ),
  )
  return [...now, ...end]
}

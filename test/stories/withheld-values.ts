/** What cases withhold from whom, and what they show to whom: values of the messages themselves. */
import type { StepResult } from '#services/story/play-case.ts'
import { findPlaintext } from '../support/find-plaintext.ts'

export interface Left {
  readonly handoff: string
  readonly to: string
  readonly text: string
}

function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.length >= 8 && !value.startsWith('@') ? [value] : []
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(texts)
}

/** `passengers/0` → the first row of `passengers`. */
function memberOf(data: unknown, name: string): unknown {
  let found: unknown = data
  for (const part of name.split('/')) {
    if (typeof found !== 'object' || found === null) return undefined
    found = (found as Readonly<Record<string, unknown>>)[part]
  }
  return found
}

interface Told {
  readonly handoff: string
  readonly to: string
  readonly withheld: readonly string[]
  readonly shown: readonly string[]
}

/** Every hand-off of one case, with the values of its withheld and of its shown members. */
function toldIn(steps: readonly StepResult[], urnOf: (ref: string) => string): readonly Told[] {
  const data = new Map(steps.map(({ step }) => [step.step, step.send?.data]))
  return steps.flatMap(({ step, lines }) =>
    // What was held or denied left in no bytes of its own, and its values may well be in other messages of its case.
    lines
      .filter(({ verdict }) => verdict.startsWith('permit'))
      .map((line) => {
        const sent = data.get(step.step) ?? data.get(step.approve?.of ?? step.again ?? '')
        const values = (names: readonly string[]) => names.flatMap((name) => texts(memberOf(sent, name)))
        return {
          handoff: line.handoff,
          to: urnOf(line.to),
          withheld: values(line.withheld),
          shown: values(line.shown),
        }
      }),
  )
}

/**
 * Withheld values that left all the same: in the bytes of that very hand-off, or in any bytes to that recipient when no rule ever
 * showed it this value. Many cases tell of the same made-up people, so what one case withholds another may show.
 */
export function leaks(
  cases: readonly (readonly StepResult[])[],
  left: readonly Left[],
  urnOf: (ref: string) => string,
): readonly string[] {
  const told = cases.flatMap((steps) => toldIn(steps, urnOf))
  const shownTo = new Map<string, Set<string>>()
  for (const { to, shown } of told) shownTo.set(to, new Set([...(shownTo.get(to) ?? []), ...shown]))
  return told.flatMap(({ handoff, to, withheld, shown }) => {
    const never = withheld.filter((value) => !shownTo.get(to)?.has(value))
    const here = withheld.filter((value) => !shown.includes(value))
    return left
      .filter((one) => one.to === to)
      .flatMap((one) => {
        const wanted = one.handoff === handoff ? [...new Set([...never, ...here])] : never
        return findPlaintext(wanted, Buffer.from(one.text)).map((value) => `${handoff} ${to}: ${value}`)
      })
  })
}

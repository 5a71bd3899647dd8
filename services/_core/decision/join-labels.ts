import type { Epoch } from './epoch.ts'
import { handlingLevel } from './register-row.ts'
import type { Mark } from './verdict.ts'

/**
 * Joins marks per originator: the strictest handling, the union of regimes and classes, the intersection of limits.
 * Leaving a parent out of `origin` frees nobody: callers join all evidence. Sorted by originator; order of input is of no effect.
 */
export function joinMarks(marks: readonly Mark[], epoch: Epoch, at: number): readonly Mark[] {
  const joined = new Map<string, Mark>()
  for (const mark of marks) {
    const known = joined.get(mark.originator)
    joined.set(mark.originator, known ? join(known, mark, epoch, at) : normalise(mark))
  }
  return [...joined.values()].sort((a, b) => (a.originator < b.originator ? -1 : 1))
}

function join(a: Mark, b: Mark, epoch: Epoch, at: number): Mark {
  return {
    originator: a.originator,
    handling: stricter(a.handling, b.handling, epoch, at),
    regimes: union(a.regimes, b.regimes),
    classes: union(a.classes, b.classes),
    limit: intersectLimits(a.limit, b.limit),
  }
}

/** The stricter of two codes; between equals the one first in the alphabet, so that the answer is one. */
export function stricter(a: string, b: string, epoch: Epoch, at: number): string {
  const difference = handlingLevel(epoch, a, at) - handlingLevel(epoch, b, at)
  if (difference !== 0) return difference > 0 ? a : b
  return a < b ? a : b
}

export function intersectLimits(
  a: readonly string[] | null,
  b: readonly string[] | null,
): readonly string[] | null {
  if (a === null) return b
  return b === null ? a : a.filter((purpose) => b.includes(purpose))
}

const union = (a: readonly string[], b: readonly string[]): readonly string[] =>
  [...new Set([...a, ...b])].sort()

const normalise = (mark: Mark): Mark => ({
  ...mark,
  regimes: union(mark.regimes, []),
  classes: union(mark.classes, []),
  limit: mark.limit === null ? null : union(mark.limit, []),
})

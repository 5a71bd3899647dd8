import type { PolicyMeta } from './epoch.ts'
import { fieldOf, type Split } from './show-members.ts'
import type { WithheldMember } from './verdict.ts'

/**
 * The member that a message is for and that was taken away; undefined when each point is shown. An array whose elements were
 * all taken is lost as well. A point without a value is not lost: the schema said that it may be absent.
 */
export function lostPoint(
  permits: readonly PolicyMeta[],
  { shown, withheld }: Split,
): WithheldMember | undefined {
  if (withheld.length === 0) return undefined
  for (const { point: points } of permits) {
    for (const point of points) {
      const taken = withheld.find(({ member }) => member === point)
      if (taken) return taken
      const element = withheld.find(({ member }) => member !== point && fieldOf(member) === point)
      if (element && !shown.some((member) => member !== point && fieldOf(member) === point)) return element
    }
  }
  return undefined
}

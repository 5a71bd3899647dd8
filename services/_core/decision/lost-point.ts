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
  for (const point of permits.flatMap((policy) => policy.point)) {
    const taken = withheld.find(({ member }) => member === point)
    if (taken) return taken
    const elements = withheld.filter(({ member }) => member !== point && fieldOf(member) === point)
    const left = shown.some((member) => member !== point && fieldOf(member) === point)
    if (elements[0] && !left) return elements[0]
  }
  return undefined
}

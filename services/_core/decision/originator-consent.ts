import { type EndpointUrn, type Oin, oinOf } from '#core/ids.ts'
import type { Endpoint, Epoch } from './epoch.ts'
import { CONSENT_LEVEL, handlingLevel } from './register-row.ts'
import type { Mark } from './verdict.ts'

/** A label given as evidence: who handed it over, and whose information it carries. */
export interface Parent {
  readonly from: EndpointUrn
  readonly marks: readonly Mark[]
}

interface Asked {
  readonly type: string
  readonly purpose: string
  readonly sender: Oin
  readonly to: Endpoint
  readonly marks: readonly Mark[]
  readonly parents: readonly Parent[]
  readonly at: number
}

/**
 * Originators whose consent this hand-off needs and does not have (design §5, Originator's consent): handling H2 or stricter,
 * not the sender's own information, not to the originator's own controller, not back to whoever handed over every parent that
 * carries that originator's mark, and no agreement of that originator in force that consents to this type, role and purpose.
 */
export function unconsented(asked: Asked, epoch: Epoch): readonly string[] {
  return asked.marks
    .filter((mark) => isAsked(mark, asked, epoch) && !consents(mark, asked, epoch))
    .map((mark) => mark.originator)
}

function isAsked(mark: Mark, { sender, to, parents, at }: Asked, epoch: Epoch): boolean {
  if (mark.originator === sender || handlingLevel(epoch, mark.handling, at) < CONSENT_LEVEL) return false
  // Some other label that the recipient once handed over frees nobody's information.
  const carriers = parents.filter(({ marks }) => marks.some((one) => one.originator === mark.originator))
  if (carriers.length > 0 && carriers.every(({ from }) => oinOf(from) === to.oin)) return false
  const originator = epoch.partners.get(mark.originator as Oin)
  return originator === undefined || originator.controller !== epoch.partners.get(to.oin)?.controller
}

/** An agreement of the originator in force consents to this type, role and purpose. */
export function consents(
  mark: Mark,
  { type, purpose, to, at }: Pick<Asked, 'type' | 'purpose' | 'to' | 'at'>,
  epoch: Epoch,
): boolean {
  return epoch.agreements.some(
    (agreement) =>
      agreement.parties.includes(mark.originator as Oin) &&
      agreement.from <= at &&
      at < agreement.until &&
      agreement.originatorConsent.some(
        (consent) =>
          consent.originator === mark.originator &&
          consent.types.includes(type) &&
          consent.purposes.includes(purpose) &&
          consent.roles.some((role) => to.roles.includes(role)),
      ),
  )
}

import type { Outgoing } from './vog-messages.ts'

type Data = Readonly<Record<string, unknown>>

const CONTEXT = { regime: 'WJSG', handling: 'AMBER' }
/** Sending on and handing over what came is done by the system: nobody decides anything there. */
const MACHINE = { actor: 'justid-ecris', role: 'centrale autoriteit', automated: true }

const BASIS: Readonly<Record<string, string>> = {
  'ecris.request': 'fd-2009-315',
  'ecris.identity.supplied': 'fd-2009-315',
  'ecris.reply': 'fd-2009-315',
  'ecristcn.query': 'ecris-tcn',
  'ecristcn.hit': 'ecris-tcn',
  'uk.conviction.request': 'tca-643',
  'uk.conviction.reply': 'tca-643',
}

export interface Passing {
  readonly type: string
  readonly data: Data
  readonly to: string
  /** Hand-off whose case goes on. */
  readonly subject: string
  readonly evidence: readonly string[]
  readonly inReplyTo?: string
}

/** A message passed on for a vetting, as it came. To the United Kingdom as a third country with an adequacy decision. */
export function passing({ type, data, to, subject, evidence, inReplyTo }: Passing): Outgoing {
  const third = type === 'uk.conviction.request' ? { ground: 'adequacy' } : {}
  return {
    type,
    publication: {
      to: [{ to, purpose: 'child-vetting', basis: BASIS[type] ?? '', ...third }],
      data,
      context: CONTEXT,
      preparedBy: MACHINE,
      subject,
      evidence,
      ...(inReplyTo === undefined ? {} : { inReplyTo }),
    },
  }
}

/** A member state that ECRIS-TCN named is asked under the Framework Decision, with that answer as evidence. */
export function requestAfterHit(query: Data, state: string): Data {
  const { queryRef, personRef, identity, nationalities, vogProfile, consent } = query
  return {
    requestRef: `${String(queryRef)}-${state}`,
    purposeCode: 'CHILD_VETTING',
    personRef,
    identity,
    nationalities,
    requestedState: state,
    vogProfile,
    consent,
    proceedings: null,
  }
}

/** The body abroad that this type goes to; a member state by its country. */
export function bodyOf(type: string, data: Data): string {
  if (type === 'uk.conviction.request') return 'uk-ca/register'
  if (type === 'ecristcn.query') return 'ecris-tcn/centraal'
  return `ms-${String(data['requestedState']).toLowerCase()}/register`
}

/** What a body abroad said, handed in by its messenger. */
export function bodysAnswer(
  type: string,
  data: Data,
  from: { readonly to: string; readonly question: string; readonly actor: string },
): Outgoing {
  const free = typeof data['useLimits'] === 'string' ? { freeTextReviewed: { actor: from.actor } } : {}
  return {
    type,
    publication: {
      to: [{ to: from.to, purpose: 'child-vetting', basis: BASIS[type] ?? '' }],
      data,
      context: CONTEXT,
      preparedBy: { actor: from.actor, role: 'boodschapper', automated: false },
      subject: from.question,
      inReplyTo: from.question,
      ...free,
    },
  }
}

/** A conviction of a Dutch national that a member state notified enters the judicial documentation. */
export function storing(data: Data, to: string, subject: string, evidence: string): Outgoing {
  return {
    type: 'ecris.notification',
    publication: {
      to: [{ to, purpose: 'conviction-exchange', basis: 'bjsg-34' }],
      data,
      context: CONTEXT,
      preparedBy: MACHINE,
      subject,
      evidence: [evidence],
    },
  }
}

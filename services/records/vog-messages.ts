import type { Publication } from '#sdk/build-content.ts'
import { type Application, secondsOf } from './person.ts'
import { type Question, questionRef } from './plan-questions.ts'
import type { Outcome } from './vog-file.ts'

/** Who of the desk does it: four eyes and audits are about persons. */
export interface Person {
  readonly actor: string
}

/** A message before it has an id: its type and what the SDK is given. */
export interface Outgoing {
  readonly type: string
  readonly publication: Publication
}

type UrnOf = (ref: string) => string

const CONTEXT = { regime: 'WJSG', handling: 'AMBER' }
const ASSESSOR = 'beslisser VOG'
const COUNTER = 'medewerker loket'

const by = ({ actor }: Person, role: string) => ({ actor, role, automated: false })

/** Justis' counter tells those who decide what was applied for; again when the consent has changed. */
export function applicationMessage(
  application: Application,
  earlier: string | null,
  person: Person,
  urnOf: UrnOf,
): Outgoing {
  const free = application.riskDeclared === null ? {} : { freeTextReviewed: { actor: person.actor } }
  return {
    type: 'vog.application',
    publication: {
      to: [{ to: urnOf('justis/vog'), purpose: 'vog-decision', basis: 'wjsg-28' }],
      data: { ...application },
      context: { regime: 'GDPR', handling: 'AMBER' },
      preparedBy: by(person, COUNTER),
      ...free,
      ...(earlier === null ? {} : { subject: earlier }),
    },
  }
}

/** The message that asks this question, in the case of the application. Under a basis each: FD, trade agreement, ECRIS-TCN, Wjsg. */
export function questionMessage(
  application: Application,
  question: Question,
  from: { readonly subject: string; readonly person: Person; readonly urnOf: UrnOf },
): Outgoing {
  const { personRef, identity, nationalities, vogProfile, consent } = application
  const ref = questionRef(application.applicationRef, question)
  const about = { personRef, identity, nationalities, vogProfile, consent }
  const send = (type: string, to: string, basis: string, purpose: string, data: object): Outgoing => ({
    type,
    publication: {
      to: [{ to: from.urnOf(to), purpose, basis }],
      data: { ...data },
      context: CONTEXT,
      preparedBy: by(from.person, ASSESSOR),
      subject: from.subject,
    },
  })
  switch (question.kind) {
    case 'jd': {
      const data = { queryRef: ref, personRef, identity, vogProfile }
      return send('vog.jd.query', 'justid/jd', 'wjsg-36', 'vog-decision', data)
    }
    case 'ecris': {
      const asked = { purposeCode: 'CHILD_VETTING', requestedState: question.state, proceedings: null }
      const data = { requestRef: ref, ...asked, ...about }
      return send('ecris.request', 'justid/ecris', 'fd-2009-315', 'child-vetting', data)
    }
    case 'tcn': {
      const data = { queryRef: ref, purposeCode: 'CHILD_VETTING', ...about }
      return send('ecristcn.query', 'justid/ecris', 'ecris-tcn', 'child-vetting', data)
    }
    case 'uk': {
      const data = { requestRef: ref, stayed: question.stayed, ...about }
      return send('uk.conviction.request', 'justid/ecris', 'tca-643', 'child-vetting', data)
    }
  }
}

interface Deciding {
  readonly subject: string
  readonly person: Person
  readonly urnOf: UrnOf
  /** Labels of what the decision rests on. */
  readonly evidence: readonly string[]
}

function toCounter(type: string, data: object, { subject, person, urnOf, evidence }: Deciding): Outgoing {
  return {
    type,
    publication: {
      to: [{ to: urnOf('justis/loket'), purpose: 'vog-decision', basis: 'wjsg-28' }],
      data: { ...data },
      context: CONTEXT,
      preparedBy: by(person, ASSESSOR),
      subject,
      evidence,
    },
  }
}

/** Before a refusal the applicant hears the grounds, and until when to answer. */
export function announceMessage(
  { applicationRef }: Application,
  grounds: string,
  viewsUntil: string,
  from: Deciding,
): Outgoing {
  const out = toCounter('vog.refusal.intended', { applicationRef, viewsUntil, grounds }, from)
  return {
    ...out,
    publication: { ...out.publication, freeTextReviewed: { actor: from.person.actor } },
  }
}

/** The decision. Grounds are not given to the SDK at all: whoever is shown a certificate learns yes or no. `day`: `YYYY-MM-DD`. */
export function decisionMessage(
  { applicationRef, identity, vogProfile }: Application,
  outcome: Outcome,
  day: string,
  from: Deciding,
): Outgoing {
  const data = { applicationRef, identity, vogProfile, outcome, decidedOn: day, grounds: null }
  return toCounter('vog.decision', data, from)
}

/** What a member state asked about the identity. */
export function identityMessage(
  { personRef, identity, nationalities }: Application,
  requestRef: string,
  from: Omit<Deciding, 'evidence'>,
): Outgoing {
  return {
    type: 'ecris.identity.supplied',
    publication: {
      to: [{ to: from.urnOf('justid/ecris'), purpose: 'child-vetting', basis: 'fd-2009-315' }],
      data: { requestRef, personRef, identity, nationalities, remarks: null },
      context: CONTEXT,
      preparedBy: by(from.person, ASSESSOR),
      subject: from.subject,
    },
  }
}

/** After the decision: which replies are gone, and when (ms). */
export function destroyedMessage(
  applicationRef: string,
  replies: readonly string[],
  at: number,
  from: Omit<Deciding, 'evidence'>,
): Outgoing {
  return {
    type: 'ecris.data.destroyed',
    publication: {
      to: [{ to: from.urnOf('justid/ecris'), purpose: 'vog-decision', basis: 'bjsg-34' }],
      data: { applicationRef, replies, destroyedAt: secondsOf(at) },
      context: CONTEXT,
      preparedBy: by(from.person, ASSESSOR),
      subject: from.subject,
    },
  }
}

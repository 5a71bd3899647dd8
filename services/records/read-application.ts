import type { FormBody } from '#web/form-body.ts'
import { type Application, type Identity, PROFILES, secondsOf } from './person.ts'
import { type Faults, Fields, orNull } from './read-fields.ts'

export type ApplicationReading =
  | { readonly kind: 'read'; readonly application: Application }
  | { readonly kind: 'refused'; readonly faults: Faults }

/** Names for things that say nothing of the person: chosen by chance. */
export interface NewRefs {
  readonly application: string
  readonly person: string
  readonly consent: string
}

export function readIdentity(fields: Fields): Identity {
  return {
    surname: fields.line('surname', 200),
    givenNames: fields.line('givenNames', 200),
    birthDate: fields.day('birthDate', 'past'),
    birthPlace: orNull(fields.line('birthPlace', 200, false)),
    birthCountry: orNull(fields.country('birthCountry', false)),
    formerNames: orNull(fields.line('formerNames', 200, false)),
  }
}

/**
 * The counter's form as posted. Consent to ask other countries must be answered, yes or no: nothing is ticked beforehand, and no
 * is an answer. `now`: ms.
 */
export function readApplication(body: FormBody, refs: NewRefs, now: number): ApplicationReading {
  const fields = new Fields(body, now)
  const identity = readIdentity(fields)
  const nationalities = fields.countries('nationalities', 8)
  const vogProfile = fields.choice('vogProfile', PROFILES)
  const position = fields.line('position', 200)
  const riskDeclared = orNull(fields.text('riskDeclared', 2_000, false))
  const consent = fields.choice('consent', ['yes', 'no'])
  if (!fields.ok || !vogProfile || !consent) return { kind: 'refused', faults: fields.faults }
  const at = secondsOf(now)
  return {
    kind: 'read',
    application: {
      applicationRef: refs.application,
      personRef: refs.person,
      identity,
      nationalities,
      vogProfile,
      position,
      consent: consent === 'yes' ? { ref: refs.consent, givenAt: at, withdrawnAt: null } : null,
      riskDeclared,
      receivedAt: at,
    },
  }
}

import type { Publication } from '#sdk/build-content.ts'
import type { TipReport } from './read-tip-form.ts'

/** What the member of staff who read the tip adds. */
export interface TipReview {
  /** Who read the free text: goes along as `freeTextReviewed`. */
  readonly actor: string
  readonly assessment: string
}

/** The part of a `tip.ngo.forwarded` that the tip itself decides; recipient, basis and regime are the agreement's. */
export type TipPart = Pick<Publication, 'data' | 'freeTextReviewed' | 'withhold'>

/**
 * A reviewed tip as it leaves. Contact details leave only under POLICE_OK; under HOTLINE_ONLY they are not even in the data handed
 * to the SDK, and the exchange reads only that they exist. `tipRef`, `reporterHandle`: opaque, told to nobody else.
 */
export function tipPublication(
  report: TipReport,
  review: TipReview,
  names: { readonly tipRef: string; readonly reporterHandle: string },
): TipPart {
  const { facts, place, country, observedAt, suspectDescription, childAtRisk, contactPolicy, contact } =
    report
  const leaves = contactPolicy === 'POLICE_OK'
  const stays = contact !== null && contactPolicy === 'HOTLINE_ONLY'
  return {
    data: {
      ...names,
      facts,
      place,
      country,
      observedAt,
      suspectDescription,
      ngoAssessment: review.assessment,
      contactPolicy,
      reporterContact: leaves ? contact : null,
      childAtRisk,
    },
    freeTextReviewed: { actor: review.actor },
    ...(stays ? { withhold: ['reporterContact'] } : {}),
  }
}

/** A reporter's answer as it leaves, read by a person; contact details as with the tip itself. */
export function answerPublication(
  { contactPolicy, contact }: TipReport,
  review: { readonly actor: string; readonly answer: string },
  names: { readonly questionId: string; readonly reporterHandle: string },
): TipPart {
  const stays = contact !== null && contactPolicy === 'HOTLINE_ONLY'
  return {
    data: {
      ...names,
      answer: review.answer,
      reporterContact: contactPolicy === 'POLICE_OK' ? contact : null,
    },
    freeTextReviewed: { actor: review.actor },
    ...(stays ? { withhold: ['reporterContact'] } : {}),
  }
}

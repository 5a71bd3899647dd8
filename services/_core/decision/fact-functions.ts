import type { TypeName } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import { CONVICTION_FACTS } from './conviction-facts.ts'
import type { Endpoint, Epoch, MessageType } from './epoch.ts'
import { findInstrument } from './find-instrument.ts'
import { intersectLimits } from './join-labels.ts'
import type { ApprovalFacts } from './judge-approvals.ts'
import { areaMapped, areaOpen } from './liaison-facts.ts'
import { NOTICE_FACTS } from './notice-facts.ts'
import { type Parent, unconsented } from './originator-consent.ts'
import { registerRow } from './register-row.ts'
import { flagsOnAt } from './routes-from.ts'
import { TRAVEL_FACTS } from './travel-facts.ts'
import type { FactValue, Mark, Member, Question } from './verdict.ts'
import { WPG_TERMS } from './wpg-terms.ts'

/** What a derivation may look at. `message` is null for an approval request: its facts about the message stay those of the hold. */
export interface FactInput {
  readonly message: Verified | null
  readonly type: MessageType
  readonly from: Endpoint
  readonly to: Endpoint
  readonly terms: Question['terms']
  readonly at: number
  readonly epoch: Epoch
  readonly members: readonly Member[]
  readonly marks: readonly Mark[]
  readonly parents: readonly Parent[]
  readonly approvals: ApprovalFacts
}

/** Total, no clock, network or chance; undefined = the fact is absent. */
export type FactFunction = (input: FactInput) => FactValue | undefined

const present = (input: FactInput): readonly Member[] =>
  input.members.filter((member) => !member.withheldBySender)

const flagsOn = ({ epoch, at }: FactInput): readonly string[] => flagsOnAt(epoch, at)

/** A request is answerable when some permit, its flags on, could carry the answer back (domain §8 row 4). */
function requestAnswerable(input: FactInput): boolean {
  const { type, from, to, epoch } = input
  if (type.answeredBy === null || epoch.types.get(type.answeredBy as TypeName)?.toExchange) return true
  const flags = flagsOn(input)
  return [...epoch.policies.values()].some(
    ({ pins, verified }) =>
      pins?.type === type.answeredBy &&
      to.roles.includes(pins.from) &&
      from.roles.includes(pins.to) &&
      pins.flags.every((flag) => flags.includes(flag)) &&
      (verified || !epoch.profile.strict),
  )
}

function withinLimit({ marks, terms }: FactInput): boolean {
  const limit = marks.map((mark) => mark.limit).reduce(intersectLimits, null)
  return limit === null || limit.includes(terms.purpose)
}

function hasFreeText(input: FactInput): boolean {
  return present(input).some(
    (member) => registerRow(input.epoch, 'categories', member.category, input.at)?.['freeText'] !== false,
  )
}

/** The functions that `fn` in contracts/facts.json may name. */
export const FACT_FUNCTIONS: Readonly<Record<string, FactFunction>> = {
  approved: ({ approvals }) => approvals.approved,
  refused: ({ approvals }) => approvals.refused,
  notCompetent: ({ approvals }) => approvals.notCompetent,
  instrument: ({ type, from, to, terms, at, epoch }) => {
    const found = findInstrument(
      { type: type.name, from, to, basis: terms.basis, purpose: terms.purpose, at },
      epoch,
    )
    return { state: found.state, ids: found.ids, profile: found.profile }
  },
  flags: flagsOn,
  ...NOTICE_FACTS,
  areaOpen,
  areaMapped,
  recipientSuspended: ({ to, epoch }) => epoch.partners.get(to.oin)?.suspended ?? true,
  requestAnswerable,
  freeTextReviewed: ({ message }) =>
    message === null ? undefined : message.toExchange.freeTextReviewed !== null,
  freeText: hasFreeText,
  reporterDisclosed: (input) => present(input).some((member) => member.category === 'reporter'),
  informantDisclosed: (input) =>
    present(input).some((member) => member.category === 'source' && member.wpgClass === '12'),
  classes: (input) => [...new Set(present(input).flatMap((member) => member.wpgClass ?? []))].sort(),
  personRows: (input) =>
    present(input).filter(({ name, category }) => category === 'person' && name.includes('/')).length,
  ...WPG_TERMS,
  withinLimit,
  ...CONVICTION_FACTS,
  ...TRAVEL_FACTS,
  unconsented: ({ type, from, to, terms, marks, parents, at, epoch }) =>
    unconsented({ type: type.name, purpose: terms.purpose, sender: from.oin, to, marks, parents, at }, epoch),
}

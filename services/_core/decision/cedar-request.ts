import {
  type CedarEntity,
  type CedarRecord,
  type CedarRequest,
  type CedarValue,
  EntityUid,
} from '#core/ports/policy-engine.ts'
import type { Endpoint, Epoch } from './epoch.ts'
import { cedarTime, cedarValue, type FactType, parseFactType } from './fact-type.ts'
import type { Question } from './verdict.ts'

/**
 * The question as a Cedar request, every entity supplied. Undefined when anything is missing or does not fit its declared type:
 * an unknown endpoint, partner or type, an undeclared fact, a required fact absent, a value of another type, a time that is none.
 */
export function cedarRequest(question: Question, epoch: Epoch): CedarRequest | undefined {
  const world = worldOf(epoch)
  const parties = partiesOf(world, question, epoch)
  const type = epoch.types.get(question.type)
  const context = contextOf(question, world)
  if (!parties || !type || type.toExchange || !context) return undefined
  const { principal, resource, entities } = parties
  return { principal, action: new EntityUid('Action', question.type), resource, context, entities }
}

interface Parties {
  readonly principal: EntityUid
  readonly resource: EntityUid
  readonly entities: readonly CedarEntity[]
}

/** What of an epoch all its requests share. */
interface World {
  readonly declared: ReadonlyMap<string, { readonly type: FactType; readonly optional: boolean }>
  /** How many of them are never absent. */
  readonly required: number
  /** By sender, then recipient. */
  readonly parties: Map<string, Map<string, Parties>>
}

const WORLDS = new WeakMap<Epoch, World>()

function worldOf(epoch: Epoch): World {
  const known = WORLDS.get(epoch)
  if (known) return known
  const facts = epoch.facts.map(({ name, type, optional }) => {
    return [name, { type: parseFactType(type, name), optional }] as const
  })
  const required = facts.filter(([, { optional }]) => !optional).length
  const world: World = { declared: new Map(facts), required, parties: new Map() }
  WORLDS.set(epoch, world)
  return world
}

function partiesOf(world: World, { from, to }: Question, epoch: Epoch): Parties | undefined {
  const known = world.parties.get(from)?.get(to)
  if (known) return known
  const sender = entityOf(epoch.endpoints.get(from), epoch)
  const recipient = entityOf(epoch.endpoints.get(to), epoch)
  if (!sender || !recipient) return undefined
  const entities = from === to ? [sender] : [sender, recipient]
  const parties = { principal: sender.uid, resource: recipient.uid, entities }
  const ofSender = world.parties.get(from) ?? new Map<string, Parties>()
  world.parties.set(from, ofSender.set(to, parties))
  return parties
}

function entityOf(endpoint: Endpoint | undefined, epoch: Epoch): CedarEntity | undefined {
  const partner = endpoint && epoch.partners.get(endpoint.oin)
  if (!endpoint || !partner) return undefined
  const task = endpoint.task === null ? [] : [new EntityUid('Task', endpoint.task)]
  const controller = new EntityUid('Controller', partner.controller)
  const country = new EntityUid('Country', partner.country)
  return {
    uid: new EntityUid('Endpoint', endpoint.urn),
    attrs: { oin: endpoint.oin, controller, country, ...(task[0] ? { task: task[0] } : {}) },
    parents: [...endpoint.roles.map((role) => new EntityUid('Role', role)), controller, country, ...task],
  }
}

function contextOf({ terms, at, label, facts }: Question, world: World): CedarRecord | undefined {
  const given = factsOf(facts, world)
  const decided = cedarTime(at.decided)
  if (!given || !decided) return undefined
  const termsRecord: Record<string, CedarValue> = {}
  termsRecord['purpose'] = new EntityUid('Purpose', terms.purpose)
  termsRecord['basis'] = new EntityUid('Basis', terms.basis)
  termsRecord['ground'] = new EntityUid('Ground', terms.ground)
  const atRecord: Record<string, CedarValue> = {}
  atRecord['decided'] = decided
  // JSON null is an error in Cedar: an absent time is no member at all.
  if (!putTime(termsRecord, 'validUntil', terms.validUntil)) return undefined
  if (!putTime(atRecord, 'occurred', at.occurred)) return undefined
  const labelRecord: Record<string, CedarValue> = {}
  labelRecord['handling'] = new EntityUid('Handling', label.handling)
  labelRecord['regime'] = new EntityUid('Regime', label.regime)
  const context: Record<string, CedarValue> = {}
  context['terms'] = termsRecord
  context['at'] = atRecord
  context['label'] = labelRecord
  context['facts'] = given
  return context
}

function putTime(into: Record<string, CedarValue>, name: string, ms: number | null): boolean {
  if (ms === null) return true
  const time = cedarTime(ms)
  if (time) into[name] = time
  return time !== undefined
}

function factsOf(given: Question['facts'], world: World): CedarRecord | undefined {
  const facts: Record<string, CedarValue> = {}
  let required = 0
  for (const name of Object.keys(given)) {
    const declared = world.declared.get(name)
    if (!declared) return undefined
    const value = given[name]
    if (value === undefined && declared.optional) continue
    const converted = cedarValue(declared.type, value)
    if (converted === undefined) return undefined
    if (!declared.optional) required += 1
    facts[name] = converted
  }
  return required === world.required ? facts : undefined
}

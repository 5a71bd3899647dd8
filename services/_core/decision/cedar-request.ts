import type { CedarEntity, CedarRequest, EntityUid } from '#core/ports/policy-engine.ts'
import type { Endpoint, Epoch } from './epoch.ts'
import { cedarEntity, cedarTime, cedarValue, type FactType, parseFactType } from './fact-type.ts'
import type { Question } from './verdict.ts'

const uid = (type: string, id: string): EntityUid => ({ type, id })

/**
 * The question as a Cedar request, every entity supplied. Undefined when anything is missing or does not fit its declared type:
 * an unknown endpoint, partner or type, an undeclared fact, a required fact absent, a value of another type, a time that is none.
 */
export function cedarRequest(question: Question, epoch: Epoch): CedarRequest | undefined {
  const from = entityOf(epoch.endpoints.get(question.from), epoch)
  const to = entityOf(epoch.endpoints.get(question.to), epoch)
  const type = epoch.types.get(question.type)
  const context = contextOf(question, epoch)
  if (!from || !to || !type || type.toExchange || !context) return undefined
  return {
    principal: from.uid,
    action: uid('Action', question.type),
    resource: to.uid,
    context,
    entities: question.from === question.to ? [from] : [from, to],
  }
}

function entityOf(endpoint: Endpoint | undefined, epoch: Epoch): CedarEntity | undefined {
  const partner = endpoint && epoch.partners.get(endpoint.oin)
  if (!endpoint || !partner) return undefined
  const task = endpoint.task === null ? [] : [uid('Task', endpoint.task)]
  return {
    uid: uid('Endpoint', endpoint.urn),
    attrs: {
      oin: endpoint.oin,
      controller: cedarEntity('Controller', partner.controller),
      country: cedarEntity('Country', partner.country),
      ...(endpoint.task === null ? {} : { task: cedarEntity('Task', endpoint.task) }),
    },
    parents: [
      ...endpoint.roles.map((role) => uid('Role', role)),
      uid('Controller', partner.controller),
      uid('Country', partner.country),
      ...task,
    ],
  }
}

function contextOf(question: Question, epoch: Epoch): Readonly<Record<string, unknown>> | undefined {
  const { terms, at, label } = question
  const facts = factsOf(question, epoch)
  const validUntil = optionalTime('validUntil', terms.validUntil)
  const occurred = optionalTime('occurred', at.occurred)
  const decided = cedarTime(at.decided)
  if (!facts || !validUntil || !occurred || decided === undefined) return undefined
  return {
    terms: {
      purpose: cedarEntity('Purpose', terms.purpose),
      basis: cedarEntity('Basis', terms.basis),
      ground: cedarEntity('Ground', terms.ground),
      ...validUntil,
    },
    at: { decided, ...occurred },
    label: { handling: cedarEntity('Handling', label.handling), regime: cedarEntity('Regime', label.regime) },
    facts,
  }
}

/** JSON null is an error in Cedar: an absent time is no member at all. */
function optionalTime(name: string, ms: number | null): Readonly<Record<string, unknown>> | undefined {
  if (ms === null) return {}
  const time = cedarTime(ms)
  return time === undefined ? undefined : { [name]: time }
}

function factsOf(question: Question, epoch: Epoch): Readonly<Record<string, unknown>> | undefined {
  const types = factTypes(epoch)
  const facts: Record<string, unknown> = {}
  for (const name of Object.keys(question.facts)) if (!types.has(name)) return undefined
  for (const [name, { type, optional }] of types) {
    const given = Object.hasOwn(question.facts, name) ? question.facts[name] : undefined
    if (given === undefined && optional) continue
    const value = cedarValue(type, given)
    if (value === undefined) return undefined
    facts[name] = value
  }
  return facts
}

const PARSED = new WeakMap<Epoch, ReadonlyMap<string, { type: FactType; optional: boolean }>>()

function factTypes(epoch: Epoch): ReadonlyMap<string, { type: FactType; optional: boolean }> {
  const known = PARSED.get(epoch)
  if (known) return known
  const types = new Map(
    epoch.facts.map((fact) => [
      fact.name,
      { type: parseFactType(fact.type, fact.name), optional: fact.optional },
    ]),
  )
  PARSED.set(epoch, types)
  return types
}

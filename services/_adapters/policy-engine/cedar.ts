import { createHash } from 'node:crypto'
import {
  type DetailedError,
  getCedarVersion,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  schemaToJson,
  statefulIsAuthorized,
  validate,
} from '@cedar-policy/cedar-wasm/nodejs'
import { fail } from '#core/failure.ts'
import type {
  CedarRequest,
  CompiledPolicies,
  EngineAnswer,
  ParsedPolicy,
  PolicyEngine,
  PolicySet,
} from '#core/ports/policy-engine.ts'

import { cedarJson } from './cedar-json.ts'

type Texts = Readonly<Record<string, string>>

/**
 * Cedar itself (cedar-wasm 4.13) as the evaluator: validated strictly, warnings count as errors, requests validated against
 * the schema. Policies are parsed once per epoch and sliced by the action they can reach, which changes no answer.
 */
export function cedarEngine(): PolicyEngine {
  return { version: `cedar-wasm ${getCedarVersion()}`, parse, compile }
}

function parse(text: string): readonly ParsedPolicy[] {
  const parts = policySetTextToParts(text)
  if (parts.type === 'failure') return fail('OPS_CONTROL', undefined, messages(parts.errors))
  if (parts.policy_templates.length > 0) return fail('OPS_CONTROL', undefined, 'templates are not allowed')
  return parts.policies.map((policy) => {
    const answer = policyToJson(policy)
    if (answer.type === 'failure') return fail('OPS_CONTROL', undefined, messages(answer.errors))
    const { effect, annotations } = answer.json
    return { text: policy, effect, annotations: annotations ?? {}, json: answer.json }
  })
}

function compile(sets: Readonly<Record<PolicySet, Texts>>, schema: string): CompiledPolicies {
  const schemaName = `schema:${digest(schema)}`
  const parsed = preparseSchema(schemaName, schema)
  if (parsed.type === 'failure') fail('OPS_CONTROL', undefined, messages(parsed.errors))
  for (const set of Object.values(sets)) check(set, schema)
  const state: State = {
    sets,
    bundles: { permit: sets.permit, forbid: { ...sets.deny, ...sets.hold, ...sets.hide } },
    schemaName,
    groups: actionGroups(schema),
    slices: new Map(),
    forbidden: new WeakMap(),
    validated: new WeakSet(),
  }
  return { ask: (set, request) => ask(state, set, request) }
}

type Bundle = 'permit' | 'forbid'

interface State {
  readonly sets: Readonly<Record<PolicySet, Texts>>
  readonly bundles: Readonly<Record<Bundle, Texts>>
  readonly schemaName: string
  /** Action → itself and every group above it. */
  readonly groups: ReadonlyMap<string, ReadonlySet<string>>
  /** `set/action` → id of the preparsed policy set. */
  readonly slices: Map<string, string>
  /** Answers of the bundle of forbids, per request. */
  readonly forbidden: WeakMap<CedarRequest, EngineAnswer>
  /** Requests that were already checked against the schema: it is the same for all sets. */
  readonly validated: WeakSet<CedarRequest>
}

/**
 * A set's answer. Handing a request to the engine costs more than deciding it, so the three sets that only forbid share one
 * call: forbids do not hide each other, hence what matched in the union is what matched in each. Errors count for all three.
 */
function ask(state: State, set: PolicySet, request: CedarRequest): EngineAnswer {
  if (set === 'permit') return call(state, set, request)
  const answer = state.forbidden.get(request) ?? call(state, 'forbid', request)
  state.forbidden.set(request, answer)
  return { matched: answer.matched.filter((id) => Object.hasOwn(state.sets[set], id)), errors: answer.errors }
}

function call(state: State, bundle: Bundle, request: CedarRequest): EngineAnswer {
  const answer = statefulIsAuthorized({
    ...cedarJson(request),
    preparsedSchemaName: state.schemaName,
    preparsedPolicySetId: prepared(state, bundle, request.action.id),
    validateRequest: !state.validated.has(request),
  })
  if (answer.type === 'failure') return { matched: [], errors: answer.errors.map((error) => error.message) }
  const { reason, errors } = answer.response.diagnostics
  state.validated.add(request)
  return {
    matched: [...reason].sort(),
    errors: [
      ...errors.map((error) => `${error.policyId}: ${error.error.message}`),
      ...answer.warnings.map((warning) => warning.message),
    ],
  }
}

/** The policies of a bundle that can reach this action: the others could not match, so leaving them out changes no answer. */
function prepared(state: State, bundle: Bundle, action: string): string {
  const slice = `${bundle}/${action}`
  const known = state.slices.get(slice)
  if (known) return known
  const above = state.groups.get(action) ?? new Set([action])
  const policies = Object.fromEntries(
    Object.entries(state.bundles[bundle]).filter(([, text]) => reaches(text, above)),
  )
  const id = `${slice}:${digest(JSON.stringify(Object.entries(policies)))}`
  const answer = preparsePolicySet(id, { staticPolicies: policies })
  if (answer.type === 'failure') return fail('OPS_CONTROL', undefined, messages(answer.errors))
  state.slices.set(slice, id)
  return id
}

function reaches(text: string, above: ReadonlySet<string>): boolean {
  const answer = policyToJson(text)
  if (answer.type === 'failure') return fail('OPS_CONTROL', undefined, messages(answer.errors))
  const scope = answer.json.action
  if (scope.op === 'All') return true
  const entities = 'entities' in scope ? scope.entities : 'entity' in scope ? [scope.entity] : []
  return entities.some((entity) => above.has('__entity' in entity ? entity.__entity.id : entity.id))
}

function actionGroups(schema: string): ReadonlyMap<string, ReadonlySet<string>> {
  const answer = schemaToJson(schema)
  if (answer.type === 'failure') return fail('OPS_CONTROL', undefined, messages(answer.errors))
  const actions = answer.json['']?.actions ?? {}
  const above = (action: string): readonly string[] => {
    const parents = (actions[action]?.memberOf ?? []).map((group) => group.id)
    return [action, ...parents.flatMap(above)]
  }
  return new Map(Object.keys(actions).map((action) => [action, new Set(above(action))]))
}

function check(policies: Texts, schema: string): void {
  const answer = validate({
    validationSettings: { mode: 'strict' },
    schema,
    policies: { staticPolicies: { ...policies } },
  })
  if (answer.type === 'failure') fail('OPS_CONTROL', undefined, messages(answer.errors))
  const found = [...answer.validationErrors, ...answer.validationWarnings]
  const first = found[0]
  if (first) fail('OPS_CONTROL', first.policyId, messages(found.map((one) => one.error)))
  if (answer.otherWarnings.length > 0) fail('OPS_CONTROL', undefined, messages(answer.otherWarnings))
}

const messages = (errors: readonly DetailedError[]): string =>
  errors.map((error) => [error.message, error.help].filter(Boolean).join(' ')).join('; ')

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('base64url')

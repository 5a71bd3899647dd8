import { createHash } from 'node:crypto'
import {
  type DetailedError,
  getCedarVersion,
  policySetTextToParts,
  policyToJson,
  preparsePolicySet,
  preparseSchema,
  type StatefulAuthorizationCall,
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
  const slices = new Map<string, string>()
  const state = { sets, schemaName, slices, validated: new WeakSet<CedarRequest>() }
  return { ask: (set, request) => ask(state, set, request) }
}

interface State {
  readonly sets: Readonly<Record<PolicySet, Texts>>
  readonly schemaName: string
  /** `set` or `set/action` → id of the preparsed policy set. */
  readonly slices: Map<string, string>
  /** Requests that were already checked against the schema: it is the same for all four sets. */
  readonly validated: WeakSet<CedarRequest>
}

function ask(state: State, set: PolicySet, request: CedarRequest): EngineAnswer {
  const call: StatefulAuthorizationCall = {
    principal: { ...request.principal },
    action: { ...request.action },
    resource: { ...request.resource },
    context: request.context as StatefulAuthorizationCall['context'],
    entities: request.entities as unknown as StatefulAuthorizationCall['entities'],
    preparsedSchemaName: state.schemaName,
    preparsedPolicySetId: prepared(state, set),
    validateRequest: !state.validated.has(request),
  }
  const answer = statefulIsAuthorized(call)
  if (answer.type === 'failure') return { matched: [], errors: answer.errors.map((error) => error.message) }
  const { reason, errors } = answer.response.diagnostics
  const warnings = answer.warnings.map((warning) => warning.message)
  state.validated.add(request)
  return {
    matched: [...reason].sort(),
    errors: [...errors.map((error) => `${error.policyId}: ${error.error.message}`), ...warnings],
  }
}

function prepared(state: State, set: PolicySet): string {
  const known = state.slices.get(set)
  if (known) return known
  const policies = { ...state.sets[set] }
  const id = `${set}:${digest(JSON.stringify(Object.entries(policies)))}`
  const answer = preparsePolicySet(id, { staticPolicies: policies })
  if (answer.type === 'failure') return fail('OPS_CONTROL', undefined, messages(answer.errors))
  state.slices.set(set, id)
  return id
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

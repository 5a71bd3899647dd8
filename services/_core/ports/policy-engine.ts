export type PolicySet = 'permit' | 'deny' | 'hold' | 'hide'

/** JSON of Cedar: entity uids `{type, id}`; context already in Cedar JSON (extension values as `{__extn: …}`). */
export interface EntityUid {
  readonly type: string
  readonly id: string
}
export interface CedarEntity {
  readonly uid: EntityUid
  readonly attrs: Readonly<Record<string, unknown>>
  readonly parents: readonly EntityUid[]
}
export interface CedarRequest {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: Readonly<Record<string, unknown>>
  readonly entities: readonly CedarEntity[]
}

/** `matched`: ids of all satisfied policies of that set. Any diagnostic at all is in `errors`: the caller refuses with RULE_ERROR. */
export interface EngineAnswer {
  readonly matched: readonly string[]
  readonly errors: readonly string[]
}

export interface CompiledPolicies {
  ask(set: PolicySet, request: CedarRequest): EngineAnswer
}

/** One policy as text and as Cedar's own JSON (annotations, effect, scopes, conditions). */
export interface ParsedPolicy {
  readonly text: string
  readonly effect: 'permit' | 'forbid'
  readonly annotations: Readonly<Record<string, string>>
  readonly json: unknown
}

/** Decides; knows nothing of Schakel. A compiled evaluator can take the place of cedar-wasm behind this. */
export interface PolicyEngine {
  /** Name and version, recorded in every decision. */
  readonly version: string
  /** All policies of one file, in order. What does not parse, and templates, throw `OPS_CONTROL`. */
  parse(text: string): readonly ParsedPolicy[]
  /** Parses and validates once per epoch. `sets`: policy id → Cedar text. Validator errors and warnings throw `OPS_CONTROL`. */
  compile(
    sets: Readonly<Record<PolicySet, Readonly<Record<string, string>>>>,
    schema: string,
  ): CompiledPolicies
}

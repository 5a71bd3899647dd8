export type PolicySet = 'permit' | 'deny' | 'hold' | 'hide'

/** Reference to an entity. An object of this class is nothing else, so records may have any member names. */
export class EntityUid {
  readonly type: string
  readonly id: string
  #key: string | undefined
  constructor(type: string, id: string) {
    this.type = type
    this.id = id
  }

  /** `type` and `id` as one text that no other pair gives. */
  get key(): string {
    this.#key ??= `${this.type}\n${this.id}`
    return this.#key
  }
}

/** Cedar's datetime: ms since 1970. */
export class CedarTime {
  readonly ms: number
  constructor(ms: number) {
    this.ms = ms
  }
}

/** A value of Cedar. Long is a safe integer; a set is an array, in any order; a record is any other object, its own members only. */
export type CedarValue =
  | boolean
  | number
  | string
  | EntityUid
  | CedarTime
  | readonly CedarValue[]
  | CedarRecord
export interface CedarRecord {
  readonly [name: string]: CedarValue
}

export interface CedarEntity {
  readonly uid: EntityUid
  readonly attrs: CedarRecord
  readonly parents: readonly EntityUid[]
}
export interface CedarRequest {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: CedarRecord
  readonly entities: readonly CedarEntity[]
}

/** `matched`: ids of all satisfied policies of that set, sorted. Any diagnostic at all is in `errors`: the caller refuses with RULE_ERROR. */
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

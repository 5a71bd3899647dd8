/** One set of policies, found by the action asked about. */
import type { CompiledPolicy } from './compile-policy.ts'
import type { ActionGroups, Facing } from './facing.ts'

export interface SetAnswer {
  readonly matched: readonly string[]
  readonly errors: readonly string[]
}

const NOTHING: readonly string[] = []

/** `policies` answer in the order of their ids. Those whose action scope names another action are not looked at: they could not match, nor err. */
export class CompiledSet {
  readonly #policies: readonly CompiledPolicy[]
  readonly #groups: ActionGroups
  readonly #byAction = new Map<string, readonly CompiledPolicy[]>()

  constructor(policies: readonly CompiledPolicy[], groups: ActionGroups) {
    this.#policies = [...policies].sort((a, b) => (a.id < b.id ? -1 : 1))
    this.#groups = groups
    for (const action of groups.keys()) this.#byAction.set(action, this.#reaching(action))
  }

  ask(facing: Facing): SetAnswer {
    const matched: string[] = []
    let errors: string[] | undefined
    for (const policy of this.#byAction.get(facing.action.id) ?? []) {
      const outcome = policy.evaluate(facing)
      if (outcome === 'matched') matched.push(policy.id)
      else if (outcome === 'error') errors = [...(errors ?? []), `${policy.id}: errs`]
    }
    return { matched, errors: errors ?? NOTHING }
  }

  #reaching(action: string): readonly CompiledPolicy[] {
    const above = this.#groups.get(action)
    return this.#policies.filter(
      ({ actions }) =>
        actions === undefined || actions.some((one) => one.type === 'Action' && above?.has(one.id)),
    )
  }
}

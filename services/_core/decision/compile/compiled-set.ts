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
  readonly #byAction = new Map<string, readonly CompiledPolicy[]>()

  constructor(policies: readonly CompiledPolicy[], groups: ActionGroups) {
    const inOrder = [...policies].sort((a, b) => (a.id < b.id ? -1 : 1))
    for (const [action, above] of groups)
      this.#byAction.set(
        action,
        inOrder.filter((policy) => policy.reaches(action, above)),
      )
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
}

/** cedar-wasm as the oracle of comparisons: all four sets in one call, since handing a request over costs more than deciding it. */
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import type { CedarRequest, EngineAnswer, PolicyEngine } from '#core/ports/policy-engine.ts'

/**
 * Forbids would hide which permits matched, so every policy is asked as a permit; its effect has no part in whether it matches or
 * errs. Errors count for all sets.
 */
export function oracleEngine(): PolicyEngine {
  const cedar = cedarEngine()
  const asPermit = (id: string, text: string): string => {
    const permit = text.replace(/^forbid(?=\s*\()/m, 'permit')
    if (cedar.parse(permit)[0]?.effect !== 'permit') throw new Error(`${id}: effect not changed`)
    return permit
  }
  return {
    ...cedar,
    compile(sets, schema) {
      const all = Object.values(sets).flatMap((set) => Object.entries(set))
      const permit = Object.fromEntries(all.map(([id, text]) => [id, asPermit(id, text)]))
      const compiled = cedar.compile({ permit, deny: {}, hold: {}, hide: {} }, schema)
      const answers = new WeakMap<CedarRequest, EngineAnswer>()
      return {
        ask(set, request) {
          const { matched, errors } = answers.get(request) ?? compiled.ask('permit', request)
          answers.set(request, { matched, errors })
          return { matched: matched.filter((id) => Object.hasOwn(sets[set], id)), errors }
        },
      }
    },
  }
}

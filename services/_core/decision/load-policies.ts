import { fail } from '#core/failure.ts'
import type { CompiledPolicies, PolicyEngine, PolicySet } from '#core/ports/policy-engine.ts'
import { cedarSchema } from './cedar-schema.ts'
import type { MessageType, PolicyMeta } from './epoch.ts'
import { type LintInput, type LintPolicy, lintPolicies } from './lint-policies.ts'
import { readPolicy } from './read-policy.ts'

export interface LoadedPolicies {
  readonly policies: ReadonlyMap<string, PolicyMeta>
  readonly compiled: CompiledPolicies
}

/** Parses all policy files (path → Cedar text), for the linter. Syntax errors throw `OPS_CONTROL` with the path. */
export function parsePolicies(
  files: ReadonlyMap<string, string>,
  engine: PolicyEngine,
  types: ReadonlyMap<string, MessageType>,
): readonly LintPolicy[] {
  return [...files].flatMap(([file, text]) => {
    try {
      return engine.parse(text).map((parsed) => ({ parsed, meta: readPolicy(parsed, file, types) }))
    } catch (error) {
      return fail('OPS_CONTROL', file, error instanceof Error ? error.message : 'does not parse')
    }
  })
}

/** Parses, lints, validates and compiles. Any problem, of the linter or of Cedar's validator, throws `OPS_CONTROL`: no rule is dropped. */
export function loadPolicies(
  files: ReadonlyMap<string, string>,
  world: Omit<LintInput, 'policies'>,
  engine: PolicyEngine,
): LoadedPolicies {
  const policies = parsePolicies(files, engine, world.types)
  if (policies.length === 0) return fail('OPS_CONTROL', 'contracts/legal', 'no policies')
  const problems = lintPolicies({ ...world, policies })
  const first = problems[0]
  if (first) {
    const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : ''
    return fail('OPS_CONTROL', `${first.file}#${first.id}`, `${first.problem}${more}`)
  }
  const sets: Record<PolicySet, Record<string, string>> = { permit: {}, deny: {}, hold: {}, hide: {} }
  for (const { parsed, meta } of policies) sets[meta.set][meta.id] = parsed.text
  const compiled = engine.compile(sets, cedarSchema(world))
  return { policies: new Map(policies.map(({ meta }) => [meta.id, meta])), compiled }
}

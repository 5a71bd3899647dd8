import { policyToJson, schemaToJson } from '@cedar-policy/cedar-wasm/nodejs'
import { type CompiledPolicy, compilePolicy } from '#core/decision/compile/compile-policy.ts'
import { CompiledSet } from '#core/decision/compile/compiled-set.ts'
import { RequestFacing } from '#core/decision/compile/facing.ts'
import { requestCheck } from '#core/decision/compile/request-check.ts'
import { fail } from '#core/failure.ts'
import type {
  CedarRequest,
  CompiledPolicies,
  EngineAnswer,
  PolicyEngine,
  PolicySet,
} from '#core/ports/policy-engine.ts'
import { cedarEngine } from './cedar.ts'

/** Of the closures below; part of the version that every decision records. */
const CLOSURES = 'closures 1'

/**
 * The hot path: cedar-wasm parses and validates once per epoch, then its parsed policies are closures. cedar-wasm stays the
 * oracle: `test/property/compiled-*.test.ts` and `test/vectors/cedar-corpus.test.ts` hold them equal.
 */
export function compiledEngine(): PolicyEngine {
  const cedar = cedarEngine()
  return {
    version: `${CLOSURES} of ${cedar.version}`,
    parse: cedar.parse,
    compile(sets, schema) {
      cedar.compile(sets, schema)
      return compileSets(sets, schema)
    },
  }
}

type Sets = Readonly<Record<PolicySet, Readonly<Record<string, string>>>>

const UNFIT: EngineAnswer = { matched: [], errors: ['the request does not fit the schema'] }

function jsonOf(id: string, text: string): unknown {
  const answer = policyToJson(text)
  return answer.type === 'failure' ? fail('OPS_CONTROL', id, 'does not parse') : answer.json
}

function compileSets(sets: Sets, schema: string): CompiledPolicies {
  const parsed = schemaToJson(schema)
  if (parsed.type === 'failure') return fail('OPS_CONTROL', undefined, 'the schema does not parse')
  const check = requestCheck(parsed.json)
  const compiled = (set: PolicySet): CompiledSet => {
    const policies = Object.entries(sets[set]).map(
      ([id, text]): CompiledPolicy => compilePolicy(id, jsonOf(id, text)),
    )
    return new CompiledSet(policies, check.actions)
  }
  const each: Readonly<Record<PolicySet, CompiledSet>> = {
    permit: compiled('permit'),
    deny: compiled('deny'),
    hold: compiled('hold'),
    hide: compiled('hide'),
  }
  // The four sets are asked about one request in turn: it is checked and taken apart once.
  let last: CedarRequest | undefined
  let facing: RequestFacing | undefined
  return {
    ask(set, request) {
      if (request !== last) {
        last = request
        facing = check.fits(request) ? new RequestFacing(request, check.actions) : undefined
      }
      return facing ? each[set].ask(facing) : UNFIT
    },
  }
}

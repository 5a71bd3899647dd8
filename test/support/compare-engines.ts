/** One share of the comparison of compiled rules with cedar-wasm; also the body of a worker thread (`compare-worker.ts`). */
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { cedarRequest } from '#core/decision/cedar-request.ts'
import { decide } from '#core/decision/decide.ts'
import { QuestionMaker } from './arbitrary-question.ts'
import { testEpoch } from './contracts.ts'
import { oracleEngine } from './oracle-engine.ts'

export interface Share {
  readonly seed: number
  readonly count: number
}

export interface Compared {
  readonly seen: Readonly<Record<string, number>>
  /** Policies that matched at least once. */
  readonly matched: readonly string[]
  readonly policies: readonly string[]
  /** The first few, with what both answered. */
  readonly differences: readonly unknown[]
}

const SETS = ['permit', 'deny', 'hold', 'hide'] as const
const MOST = 5

export function compareEngines({ seed, count }: Share): Compared {
  const mine = testEpoch({ engine: compiledEngine() })
  const theirs = { ...mine, compiled: testEpoch({ engine: oracleEngine() }).compiled }
  const maker = new QuestionMaker(mine, seed)
  const seen: Record<string, number> = {}
  const matched = new Set<string>()
  const differences: unknown[] = []
  for (let n = 0; n < count && differences.length < MOST; n += 1) {
    const question = maker.next()
    const request = cedarRequest(question, mine)
    if (request) {
      const [ours, oracle] = [mine, theirs].map(({ compiled }) => {
        const answers = SETS.map((set) => compiled.ask(set, request))
        return answers.some(({ errors }) => errors.length > 0) ? 'errors' : answers.map((one) => one.matched)
      })
      if (JSON.stringify(ours) !== JSON.stringify(oracle)) differences.push({ n, question, ours, oracle })
      if (Array.isArray(ours)) for (const id of ours.flat()) matched.add(id)
    }
    const verdict = decide(question, mine)
    const kind = verdict.reasons[0]?.code === 'RULE_ERROR' ? 'RULE_ERROR' : verdict.kind
    seen[kind] = (seen[kind] ?? 0) + 1
  }
  return { seen, matched: [...matched], policies: [...mine.policies.keys()], differences }
}

import { describe, expect, it } from 'vitest'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { cedarRequest } from '#core/decision/cedar-request.ts'
import { decide } from '#core/decision/decide.ts'
import { QuestionMaker } from '../support/arbitrary-question.ts'
import { testEpoch } from '../support/contracts.ts'

const COUNT = Number(process.env['QUESTIONS'] ?? 100_000)
const SEED = Number(process.env['SEED'] ?? 20_261_124)
const SETS = ['permit', 'deny', 'hold', 'hide'] as const

describe('compiled verdicts', () => {
  it(`are those of cedar-wasm on ${COUNT} questions (seed ${SEED})`, { timeout: 900_000 }, () => {
    const compiled = testEpoch({ engine: compiledEngine() })
    const cedar = { ...compiled, compiled: testEpoch({ engine: cedarEngine() }).compiled }
    const maker = new QuestionMaker(compiled, SEED)
    const seen: Record<string, number> = {}
    const matched = new Set<string>()
    for (let n = 0; n < COUNT; n += 1) {
      const question = maker.next()
      const request = cedarRequest(question, compiled)
      let errors = false
      for (const set of request ? SETS : []) {
        if (!request) continue
        const [mine, oracle] = [compiled.compiled.ask(set, request), cedar.compiled.ask(set, request)]
        errors ||= oracle.errors.length > 0
        const same =
          mine.errors.length > 0 === oracle.errors.length > 0 &&
          (errors || JSON.stringify(mine.matched) === JSON.stringify(oracle.matched))
        if (!same) expect([n, set, question, mine]).toEqual([n, set, question, oracle])
        if (!errors) for (const id of mine.matched) matched.add(id)
      }
      const verdict = decide(question, compiled)
      const kind = verdict.reasons[0]?.code === 'RULE_ERROR' ? 'RULE_ERROR' : verdict.kind
      seen[kind] = (seen[kind] ?? 0) + 1
    }
    process.stderr.write(`compiled = cedar-wasm: ${COUNT} questions, seed ${SEED}: ${JSON.stringify(seen)}\n`)
    // Each kind is there often enough to mean something, and every policy matched at least once.
    for (const kind of ['permit', 'permit-redacted', 'hold', 'deny', 'RULE_ERROR'])
      expect([kind, (seen[kind] ?? 0) > COUNT / 1_000]).toEqual([kind, true])
    if (COUNT >= 10_000) expect([...compiled.policies.keys()].filter((id) => !matched.has(id))).toEqual([])
  })
})

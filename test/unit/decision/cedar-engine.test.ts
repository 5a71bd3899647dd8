import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { cedarJson } from '#adapters/policy-engine/cedar-json.ts'
import { cedarRequest } from '#core/decision/cedar-request.ts'
import { cedarSchema } from '#core/decision/cedar-schema.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { CedarRequest, PolicySet } from '#core/ports/policy-engine.ts'
import { readContracts } from '../../../infra/generate/read-contracts.ts'
import { testEpoch } from '../../support/contracts.ts'
import { ROOT } from '../../support/signed-contracts.ts'
import { story } from '../../support/story-messages.ts'
import { NOW, urn, verifiedMessage } from '../../support/verified-message.ts'

const epoch = testEpoch({ engine: cedarEngine() })
const contracts = readContracts(ROOT)
const schema = cedarSchema(contracts)
const sets: Record<PolicySet, Record<string, string>> = { permit: {}, deny: {}, hold: {}, hide: {} }
for (const { meta, parsed } of contracts.policies) sets[meta.set][meta.id] = parsed.text

/** Cedar asked the plain way: the whole set, alone, text and schema each time. */
function oracle(set: PolicySet, request: CedarRequest): readonly string[] {
  const answer = isAuthorized({
    ...cedarJson(request),
    schema,
    validateRequest: true,
    policies: { staticPolicies: sets[set] },
  })
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message)
  expect(answer.response.diagnostics.errors).toEqual([])
  return [...answer.response.diagnostics.reason].sort()
}

const drafts = [
  story.tip(),
  story.question(),
  story.risk(),
  story.request(),
  story.diffusion(),
  story.alert(),
  story.disclosure(true),
]
const change = fc.record({
  draft: fc.constantFrom(...drafts),
  to: fc.constantFrom(...epoch.endpoints.keys()),
  automated: fc.boolean(),
  freeTextReviewed: fc.boolean(),
  approved: fc.subarray(['wpg19-ovj', 'wpg19-controller']),
  classes: fc.subarray(['8', '10.1b', '14A']),
  decided: fc.constantFrom(NOW, NOW + 400 * 86_400_000),
})

describe('the engine', () => {
  it('answers as Cedar does when each whole set is asked alone', () => {
    fc.assert(
      fc.property(change, ({ draft, to, decided, ...facts }) => {
        const question = deriveQuestion(verifiedMessage(epoch, draft), 0, epoch, NOW, NO_APPROVALS)
        const asked = {
          ...question,
          to,
          at: { ...question.at, decided },
          facts: { ...question.facts, ...facts },
        }
        const request = cedarRequest(asked, epoch)
        if (!request) throw new Error('no request')
        for (const set of ['permit', 'deny', 'hold', 'hide'] as const) {
          expect(epoch.compiled.ask(set, request)).toEqual({ matched: oracle(set, request), errors: [] })
        }
      }),
      { numRuns: 20 },
    )
  }, 120_000)
  it('reports what does not fit the schema for every set, every time', () => {
    const question = deriveQuestion(verifiedMessage(epoch, story.alert()), 0, epoch, NOW, NO_APPROVALS)
    const request = cedarRequest({ ...question, from: urn('tbkk/zaken') }, epoch)
    if (!request) throw new Error('no request')
    const broken = { ...request, context: { ...request.context, surplus: 1 } }
    for (const set of ['permit', 'deny', 'hold', 'hide', 'permit'] as const) {
      expect(epoch.compiled.ask(set, broken).errors.length).toBeGreaterThan(0)
      expect(epoch.compiled.ask(set, broken).matched).toEqual([])
    }
  })
  it('names itself and refuses templates and broken text', () => {
    expect(cedarEngine().version).toMatch(/^cedar-wasm 4\.\d+\.\d+/)
    for (const text of [
      'permit (principal == ?principal, action, resource);',
      'permit (',
      'forbid everything;',
    ]) {
      expect(() => cedarEngine().parse(text)).toThrow(expect.objectContaining({ code: 'OPS_CONTROL' }))
    }
  })
})

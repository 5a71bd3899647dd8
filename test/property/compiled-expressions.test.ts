import { isAuthorized } from '@cedar-policy/cedar-wasm/nodejs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cedarJson } from '#adapters/policy-engine/cedar-json.ts'
import { compilePolicy } from '#core/decision/compile/compile-policy.ts'
import { CompiledSet } from '#core/decision/compile/compiled-set.ts'
import { RequestFacing } from '#core/decision/compile/facing.ts'
import { literal } from '#core/decision/compile/literal.ts'
import { type CedarRecord, type CedarRequest, EntityUid } from '#core/ports/policy-engine.ts'
import { arbitraryExpression, arbitraryRecord, type Json, UIDS } from '../support/arbitrary-expression.ts'

const RUNS = Number(process.env['PROPERTY_RUNS'] ?? 400)
const TOGETHER = 40
const GROUPS = new Map([['act', new Set(['act', 'group'])]])

const uid = fc.constantFrom(...UIDS).map(({ type, id }) => new EntityUid(type, id))
/** With the prototype that records of requests have. */
const record = arbitraryRecord.map((json): CedarRecord => ({ ...(literal(json) as CedarRecord) }))

/** Parents lead from x to y to z, so that no one is above himself. */
const request: fc.Arbitrary<CedarRequest> = fc
  .record({
    principal: uid,
    resource: uid,
    context: record,
    attrs: fc.tuple(record, record),
    known: fc.boolean(),
  })
  .map(({ principal, resource, context, attrs: [a, b], known }) => ({
    principal,
    resource,
    context,
    action: new EntityUid('Action', 'act'),
    entities: [
      { uid: new EntityUid('Action', 'act'), attrs: {}, parents: [new EntityUid('Action', 'group')] },
      ...(known ? [{ uid: new EntityUid('A', 'x'), attrs: a, parents: [new EntityUid('A', 'y')] }] : []),
      { uid: new EntityUid('A', 'y'), attrs: b, parents: [new EntityUid('B', 'z')] },
      { uid: new EntityUid('B', 'x'), attrs: a, parents: [new EntityUid('A', 'z')] },
      { uid: new EntityUid('B', '__proto__'), attrs: b, parents: [new EntityUid('A', 'x')] },
    ],
  }))

const ALL = { op: 'All' }
const scope = fc.oneof(
  { weight: 8, arbitrary: fc.constant<Json>(ALL) },
  fc
    .constantFrom(...UIDS)
    .chain((entity) => fc.constantFrom<Json>({ op: '==', entity }, { op: 'in', entity })),
  fc.constantFrom<Json>(
    { op: 'is', entity_type: 'A' },
    { op: 'is', entity_type: 'B', in: { entity: { type: 'A', id: 'y' } } },
  ),
)
const action = fc.constantFrom<Json>(
  ALL,
  ALL,
  { op: 'in', entity: { type: 'Action', id: 'group' } },
  { op: '==', entity: { type: 'Action', id: 'act' } },
  { op: '==', entity: { type: 'Action', id: 'other' } },
)
const policy = fc
  .record({
    principal: scope,
    resource: scope,
    action,
    conditions: fc.array(fc.record({ kind: fc.constantFrom('when', 'unless'), body: arbitraryExpression }), {
      minLength: 1,
      maxLength: 2,
    }),
  })
  .map((parts): Json => ({ effect: 'permit', ...parts }))

describe('a compiled policy', () => {
  it('matches, does not match or errs exactly where Cedar does', { timeout: 600_000 }, () => {
    const seen = { matched: 0, errs: 0, asked: 0 }
    fc.assert(
      fc.property(fc.array(policy, { minLength: TOGETHER, maxLength: TOGETHER }), request, (list, asked) => {
        const policies = Object.fromEntries(list.map((one, n) => [`p${n}`, one]))
        const answer = isAuthorized({
          ...cedarJson(asked),
          policies: { staticPolicies: policies as never },
        })
        if (answer.type === 'failure') throw new Error(answer.errors[0]?.message)
        const { reason, errors } = answer.response.diagnostics
        const compiled = Object.entries(policies).map(([id, json]) => compilePolicy(id, json))
        const mine = new CompiledSet(compiled, GROUPS).ask(new RequestFacing(asked, GROUPS))
        expect(mine.matched).toEqual([...reason].sort())
        expect(mine.errors.map((text) => text.split(':')[0])).toEqual(
          errors.map(({ policyId }) => policyId).sort(),
        )
        seen.matched += reason.length
        seen.errs += errors.length
        seen.asked += list.length
      }),
      { numRuns: RUNS },
    )
    process.stderr.write(`compiled expressions: ${JSON.stringify(seen)}\n`)
    expect(seen.matched / seen.asked).toBeGreaterThan(0.1)
    expect(seen.errs / seen.asked).toBeGreaterThan(0.1)
  })
})

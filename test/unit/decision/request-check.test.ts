import { describe, expect, it } from 'vitest'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { cedarRequest } from '#core/decision/cedar-request.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import {
  type CedarEntity,
  type CedarRecord,
  type CedarRequest,
  CedarTime,
  type CedarValue,
  EntityUid,
} from '#core/ports/policy-engine.ts'
import { testEpoch } from '../../support/contracts.ts'
import { story } from '../../support/story-messages.ts'
import { NOW, verifiedMessage } from '../../support/verified-message.ts'

const compiled = testEpoch({ engine: compiledEngine() })
const cedar = testEpoch({ engine: cedarEngine() })
const drafts = [story.alert(), story.disclosure(true)]
const requests = drafts.map((draft) => {
  const request = cedarRequest(
    deriveQuestion(verifiedMessage(compiled, draft), 0, compiled, NOW, NO_APPROVALS),
    compiled,
  )
  if (!request) throw new Error('a story that is no request')
  return request
})

const OTHERS: readonly CedarValue[] = [
  true,
  1,
  'x',
  new CedarTime(NOW),
  new EntityUid('Purpose', 'intake'),
  new EntityUid('Purpose', 'no-such-code'),
  new EntityUid('Nothing', 'x'),
  [],
  [1],
  ['x', true],
  {},
  { x: 1 },
]

function* variants(record: CedarRecord): Generator<CedarRecord> {
  for (const [name, value] of Object.entries(record)) {
    const { [name]: _gone, ...rest } = record
    yield rest
    for (const other of OTHERS) yield { ...record, [name]: other }
    if (value instanceof EntityUid) yield { ...record, [name]: new EntityUid(value.type, 'no-such-code') }
    if (typeof value === 'object' && [Object.prototype, null].includes(Object.getPrototypeOf(value)))
      for (const inner of variants(value as CedarRecord)) yield { ...record, [name]: inner }
  }
  yield { ...record, surplus: true }
  yield Object.defineProperty({ ...record }, '__proto__', { value: true, enumerable: true })
}

function* entityVariants(entity: CedarEntity): Generator<CedarEntity> {
  for (const attrs of variants(entity.attrs)) yield { ...entity, attrs }
  yield { ...entity, parents: [] }
  for (const parent of ['Nothing', 'Purpose', 'Role', 'Country'])
    yield { ...entity, parents: [...entity.parents, new EntityUid(parent, 'no-such-code')] }
  yield { ...entity, parents: [...entity.parents, new EntityUid('Purpose', 'intake')] }
  yield { ...entity, uid: new EntityUid('Nothing', entity.uid.id) }
}

function* requestVariants(request: CedarRequest): Generator<CedarRequest> {
  yield { ...request }
  for (const context of variants(request.context)) yield { ...request, context }
  for (const [n, entity] of request.entities.entries())
    for (const other of entityVariants(entity))
      yield { ...request, entities: request.entities.map((one, m) => (m === n ? other : one)) }
  yield { ...request, entities: [] }
  yield { ...request, action: new EntityUid('Action', 'no.such.type') }
  yield { ...request, action: new EntityUid('Action', 'guarded') }
  yield { ...request, action: new EntityUid('Role', request.action.id) }
  yield { ...request, principal: new EntityUid('Role', 'tbkk') }
  yield { ...request, resource: new EntityUid('Controller', 'x') }
}

describe('a request that does not fit the schema', () => {
  it('errs where it does in cedar-wasm, and nowhere else', () => {
    const differ: unknown[] = []
    const seen = { fits: 0, errs: 0 }
    for (const request of requests.flatMap((one) => [...requestVariants(one)])) {
      const [ours, theirs] = [compiled, cedar].map((epoch) => {
        const { matched, errors } = epoch.compiled.ask('permit', request)
        return errors.length > 0 ? 'errs' : matched.join()
      })
      seen[theirs === 'errs' ? 'errs' : 'fits'] += 1
      if (ours !== theirs) differ.push({ ours, theirs, request })
    }
    expect(differ.slice(0, 2)).toEqual([])
    expect(seen.fits).toBeGreaterThan(40)
    expect(seen.errs).toBeGreaterThan(500)
  })
})

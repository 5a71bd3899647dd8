/** Cases of Cedar's public corpus: policies, entities and requests with the answers that Cedar gave, against compiled policies. */
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { compilePolicy } from '#core/decision/compile/compile-policy.ts'
import { CompiledSet } from '#core/decision/compile/compiled-set.ts'
import { RequestFacing } from '#core/decision/compile/facing.ts'
import { literal } from '#core/decision/compile/literal.ts'
import { type CedarEntity, type CedarRecord, EntityUid } from '#core/ports/policy-engine.ts'

interface Uid {
  readonly type: string
  readonly id: string
}

export interface CorpusRequest {
  readonly principal: Uid
  readonly action: Uid
  readonly resource: Uid
  readonly context: unknown
  readonly decision: string
  readonly reason: readonly string[]
  readonly errors: readonly string[]
}

export interface CorpusCase {
  readonly name: string
  readonly policies: string
  readonly entities: readonly {
    readonly uid: Uid
    readonly attrs: unknown
    readonly parents: readonly Uid[]
  }[]
  readonly requests: readonly CorpusRequest[]
}

export interface Judged {
  readonly agree: number
  readonly differ: readonly unknown[]
  /** Why none of its requests could be asked. */
  readonly excused: string | undefined
}

const uid = ({ type, id }: Uid): EntityUid => new EntityUid(type, id)

class Excused extends Error {}

function recordOf(json: unknown): CedarRecord {
  const value = literal(json)
  if (value === undefined) throw new Excused('a value that is outside the subset')
  return value as CedarRecord
}

function groupsOf(corpus: CorpusCase): ReadonlyMap<string, ReadonlySet<string>> {
  const parents = new Map<string, readonly string[]>()
  for (const { uid: one, parents: above } of corpus.entities)
    if (one.type === 'Action')
      parents.set(
        one.id,
        above.map(({ id }) => id),
      )
  for (const { action } of corpus.requests) if (!parents.has(action.id)) parents.set(action.id, [])
  const above = (id: string): readonly string[] => [id, ...(parents.get(id) ?? []).flatMap(above)]
  return new Map([...parents.keys()].map((id) => [id, new Set(above(id))]))
}

function engineOf(corpus: CorpusCase): (request: CorpusRequest) => Pick<CorpusRequest, 'reason' | 'errors'> {
  if (corpus.requests.some(({ action }) => action.type !== 'Action'))
    throw new Excused('actions in a namespace')
  const sets = { permit: [], forbid: [] } as Record<'permit' | 'forbid', ReturnType<typeof compilePolicy>[]>
  for (const [n, { effect, json }] of cedarEngine().parse(corpus.policies).entries()) {
    try {
      sets[effect].push(compilePolicy(`policy${n}`, json))
    } catch (error) {
      throw new Excused(String((error as Error).message))
    }
  }
  const entities = corpus.entities.map(
    (one): CedarEntity => ({ uid: uid(one.uid), attrs: recordOf(one.attrs), parents: one.parents.map(uid) }),
  )
  const groups = groupsOf(corpus)
  const [permit, forbid] = [new CompiledSet(sets.permit, groups), new CompiledSet(sets.forbid, groups)]
  return ({ principal, action, resource, context }) => {
    const request = { principal: uid(principal), action: uid(action), resource: uid(resource), entities }
    const facing = new RequestFacing({ ...request, context: recordOf(context) }, groups)
    const [permits, forbids] = [permit.ask(facing), forbid.ask(facing)]
    const reason = forbids.matched.length > 0 ? forbids.matched : permits.matched
    return { reason, errors: [...permits.errors, ...forbids.errors].map((text) => text.split(':')[0] ?? '') }
  }
}

const sorted = (texts: readonly string[]): string => [...texts].sort().join()

/** Whether compiled policies answer as the corpus says: the same policies decide, and the same ones err. */
export function judge(corpus: CorpusCase): Judged {
  const differ: unknown[] = []
  let agree = 0
  try {
    const ask = engineOf(corpus)
    for (const request of corpus.requests) {
      const answer = ask(request)
      const same =
        sorted(answer.reason) === sorted(request.reason) && sorted(answer.errors) === sorted(request.errors)
      if (same) agree += 1
      else differ.push({ name: corpus.name, answer, request })
    }
  } catch (error) {
    if (!(error instanceof Excused)) throw error
    return { agree, differ, excused: error.message }
  }
  return { agree, differ, excused: undefined }
}

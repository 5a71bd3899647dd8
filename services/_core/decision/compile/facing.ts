/** What a compiled policy looks at while it is evaluated: one request, with its entities found by uid. */
import type { CedarEntity, CedarRecord, CedarRequest, EntityUid } from '#core/ports/policy-engine.ts'

export interface Facing {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: CedarRecord
  /** Attributes of an entity; undefined when it was not supplied. */
  attributes(uid: EntityUid): CedarRecord | undefined
  /** Whether `uid` is `ancestor` or below it. */
  within(uid: EntityUid, ancestor: EntityUid): boolean
}

/** Actions above each action, from the schema: they are in no request. */
export type ActionGroups = ReadonlyMap<string, ReadonlySet<string>>

const ANCESTORS = new WeakMap<readonly CedarEntity[], ReadonlyMap<string, ReadonlySet<string>>>()

/** Transitive closure over the parents of the entities supplied. */
function ancestorsOf(entities: readonly CedarEntity[]): ReadonlyMap<string, ReadonlySet<string>> {
  const known = ANCESTORS.get(entities)
  if (known) return known
  const parents = new Map(entities.map(({ uid, parents: list }) => [uid.key, list]))
  const closed = new Map<string, Set<string>>()
  const close = (key: string): Set<string> => {
    const done = closed.get(key)
    if (done) return done
    const above = new Set<string>()
    closed.set(key, above)
    for (const parent of parents.get(key) ?? []) {
      above.add(parent.key)
      for (const further of close(parent.key)) above.add(further)
    }
    return above
  }
  for (const key of parents.keys()) close(key)
  ANCESTORS.set(entities, closed)
  return closed
}

const NOBODY: ReadonlySet<string> = new Set()

/** One request as its policies see it. */
export class RequestFacing implements Facing {
  readonly principal: EntityUid
  readonly action: EntityUid
  readonly resource: EntityUid
  readonly context: CedarRecord
  readonly #entities: readonly CedarEntity[]
  readonly #groups: ActionGroups
  readonly #above: ReadonlyMap<string, ReadonlySet<string>>

  constructor(request: CedarRequest, groups: ActionGroups) {
    this.principal = request.principal
    this.action = request.action
    this.resource = request.resource
    this.context = request.context
    this.#entities = request.entities
    this.#groups = groups
    this.#above = ancestorsOf(request.entities)
  }

  attributes(uid: EntityUid): CedarRecord | undefined {
    for (const entity of this.#entities)
      if (entity.uid === uid || (entity.uid.id === uid.id && entity.uid.type === uid.type))
        return entity.attrs
    return undefined
  }

  within(uid: EntityUid, ancestor: EntityUid): boolean {
    if (uid.id === ancestor.id && uid.type === ancestor.type) return true
    if (uid.type === 'Action')
      return ancestor.type === 'Action' && (this.#groups.get(uid.id) ?? NOBODY).has(ancestor.id)
    const above = this.#above.get(uid.key) ?? NOBODY
    return above.has(ancestor.key)
  }
}

import { createHash } from 'node:crypto'
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { defaultEpochDeps } from '#core/decision/epoch-deps.ts'
import { loadEpoch } from '#core/decision/load-epoch.ts'
import { fail } from '#core/failure.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { controlChain } from '#core/log/chain.ts'
import type { Store } from './open-store.ts'
import { followHeads } from './partition-heads.ts'
import { signArtefacts } from './sign-artefacts.ts'
import { waitUntil } from './wait-until.ts'

export interface ControlChange {
  readonly put: ReadonlyMap<string, Uint8Array>
  readonly remove: readonly string[]
  readonly note: string
}

export interface PreparedChange {
  readonly epoch: number
  readonly put: ReadonlyMap<string, Uint8Array>
  readonly remove: readonly string[]
  readonly note: string
}

const digestOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url')

/**
 * Leaves out what control holds already, signs what needs a signature and resolves the epoch that would come of it, whole. Nothing is written. Throws `OPS_CONTROL`,
 * with the path as pointer, when that epoch could not be judged under.
 */
export async function prepareChange(store: Store, change: ControlChange): Promise<PreparedChange> {
  const { latest, artefacts } = await store.control.read()
  const put = new Map([...change.put].filter(([path, bytes]) => artefacts.get(path) !== digestOf(bytes)))
  await signArtefacts(store, put)
  const merged = new Map<string, Uint8Array>()
  for (const path of artefacts.keys()) {
    const bytes = await store.control.artefact(path)
    if (bytes) merged.set(path, bytes)
  }
  for (const path of change.remove) if (!merged.delete(path)) fail('OPS_NOT_FOUND', path)
  for (const [path, bytes] of put) merged.set(path, bytes)
  loadEpoch(latest + 1, merged, compiledEngine(), defaultEpochDeps)
  return { epoch: latest + 1, put, remove: change.remove, note: change.note }
}

/** Stores the artefacts, then appends the record that names them. Somebody else's change in between: `OPS_CONTROL`, nothing written. */
export async function applyChange(store: Store, change: PreparedChange): Promise<void> {
  const entries: { path: string; sha256: string | null }[] = change.remove.map((path) => ({
    path,
    sha256: null,
  }))
  for (const [path, bytes] of change.put) entries.push({ path, sha256: await store.artefacts.put(bytes) })
  const chain = controlChain(store.codecs)
  await appendChained(store.log, chain, 0, undefined, (head) => {
    if (head.epoch + 1 !== change.epoch)
      fail('OPS_CONTROL', undefined, 'control changed meanwhile; apply again')
    const { seq, hash } = head
    const at = Math.max(store.clock.now(), head.at)
    return { seq: seq + 1, prev: hash, at, epoch: change.epoch, genesis: null, entries, note: change.note }
  })
}

/** Waits until every partition answers under this epoch and has swept what was open before it; false when that takes too long. */
export function waitInForce(store: Store, epoch: number, signal: AbortSignal): Promise<boolean> {
  const heads = followHeads(store)
  const inForce = async () => (await heads()).every((head) => head.epoch >= epoch && head.sweep.done)
  return waitUntil(store, inForce, signal)
}

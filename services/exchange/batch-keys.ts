import { fail } from '#core/failure.ts'
import type { KeyAccess } from '#core/handoff/evaluator.ts'
import type { KeyRow, KeyStore } from '#core/ports/key-store.ts'
import type { Random } from '#core/ports/random.ts'

const KEY_BYTES = 32

/**
 * Keys as one batch sees them: its own rows, which are not durable yet, and without those that it erases. Shared keys (case,
 * month, day) are made durable at once: the first writer's bytes count for everybody.
 */
export class BatchKeys implements KeyAccess {
  readonly #store: KeyStore
  readonly #random: Random
  readonly #pending = new Map<string, KeyRow>()
  readonly #erased = new Set<string>()

  constructor(store: KeyStore, random: Random) {
    this.#store = store
    this.#random = random
  }

  get rows(): readonly KeyRow[] {
    return [...this.#pending.values()]
  }

  add(rows: readonly KeyRow[]): void {
    for (const row of rows) this.#pending.set(row.id, row)
  }

  erase(ids: readonly string[]): void {
    for (const id of ids) this.#erased.add(id)
  }

  async get(id: string): Promise<KeyRow | undefined> {
    if (this.#erased.has(id)) return undefined
    return this.#pending.get(id) ?? (await this.#store.get(id))
  }

  async ensure(id: string, kind: KeyRow['kind'], notAfter?: number): Promise<KeyRow> {
    if (this.#erased.has(id)) fail('OPS_KEY', undefined, 'an erased key is not made again')
    const found = await this.get(id)
    if (found) return found
    const bytes = this.#random.bytes(KEY_BYTES)
    await this.#store.put([{ id, kind, bytes, ...(notAfter === undefined ? {} : { notAfter }) }])
    return (await this.#store.get(id)) ?? fail('OPS_KEY', undefined, 'a key is gone right after it was made')
  }
}

import { timingSafeEqual } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { KeyAccess } from '#core/handoff/evaluator.ts'
import type { KeyRow, KeyStore } from '#core/ports/key-store.ts'
import type { Random } from '#core/ports/random.ts'

const KEY_BYTES = 32

/**
 * Keys as one batch sees them: its own rows, which are not durable yet, and without those that it erases. The first writer's bytes
 * of a shared key count for everybody. Those of the month and the day, which all partitions share, are made durable at once;
 * case keys, which belong to one partition, together with the batch (`rows`): a flush to disk less for every new case. `stand`
 * tells whether they counted.
 */
export class BatchKeys implements KeyAccess {
  readonly #store: KeyStore
  readonly #random: Random
  readonly #pending = new Map<string, KeyRow>()
  readonly #cases = new Map<string, KeyRow>()
  readonly #erased = new Set<string>()
  /** Keys of the month and the day that this batch has met: each of its messages names them. */
  readonly #shared = new Map<string, KeyRow>()

  constructor(store: KeyStore, random: Random) {
    this.#store = store
    this.#random = random
  }

  get rows(): readonly KeyRow[] {
    return [...this.#cases.values(), ...this.#pending.values()]
  }

  /**
   * After `rows` were put: false when another writer of this partition had made one of these case keys first. What this batch
   * wrapped is then lost, so nothing of it may be written; the next attempt finds the other's key.
   */
  async stand(): Promise<boolean> {
    for (const { id, bytes } of this.#cases.values()) {
      const there = await this.#store.get(id)
      if (there?.bytes.length !== bytes.length || !timingSafeEqual(there.bytes, bytes)) return false
    }
    return true
  }

  add(rows: readonly KeyRow[]): void {
    for (const row of rows) this.#pending.set(row.id, row)
  }

  erase(ids: readonly string[]): void {
    for (const id of ids) this.#erased.add(id)
  }

  async get(id: string): Promise<KeyRow | undefined> {
    if (this.#erased.has(id)) return undefined
    const known = this.#pending.get(id) ?? this.#cases.get(id) ?? this.#shared.get(id)
    if (known) return known
    const row = await this.#store.get(id)
    if (row?.kind === 'accountability' || row?.kind === 'transit') this.#shared.set(id, row)
    return row
  }

  async ensure(id: string, kind: KeyRow['kind'], notAfter?: number): Promise<KeyRow> {
    if (this.#erased.has(id)) fail('OPS_KEY', undefined, 'an erased key is not made again')
    const found = await this.get(id)
    if (found) return found
    const bytes = this.#random.bytes(KEY_BYTES)
    const row: KeyRow = { id, kind, bytes, ...(notAfter === undefined ? {} : { notAfter }) }
    if (kind === 'case') {
      this.#cases.set(id, row)
      return row
    }
    await this.#store.put([row])
    return (await this.#store.get(id)) ?? fail('OPS_KEY', undefined, 'a key is gone right after it was made')
  }
}

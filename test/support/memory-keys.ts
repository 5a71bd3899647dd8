import type { KeyKind, KeyRow, KeyStore } from '#core/ports/key-store.ts'

export class MemoryKeys implements KeyStore {
  readonly rows = new Map<string, KeyRow>()

  async put(rows: readonly KeyRow[]): Promise<void> {
    for (const row of rows) if (!this.rows.has(row.id)) this.rows.set(row.id, row)
  }

  async get(id: string): Promise<KeyRow | undefined> {
    return this.rows.get(id)
  }

  async list(kind: KeyKind): Promise<readonly KeyRow[]> {
    return [...this.rows.values()].filter((row) => row.kind === kind).sort((a, b) => (a.id < b.id ? -1 : 1))
  }

  async destroy(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.rows.delete(id)
  }

  async settle(partition: number, seq: number, keep: readonly string[]): Promise<void> {
    for (const { id, place } of [...this.rows.values()]) {
      if (place?.partition === partition && place.seq === seq && !keep.includes(id)) this.rows.delete(id)
    }
  }

  async close(): Promise<void> {}
}

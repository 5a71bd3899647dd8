/** Private keys of the exchange as KeyObjects, by the ids of design §7; parsed once per id. */
import { createPrivateKey, type KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { KeyAccess } from './evaluator.ts'

export class ServiceKeys {
  readonly #privateKeys = new Map<string, KeyObject>()
  readonly #secrets = new Map<string, Uint8Array>()
  #epoch = 0

  /** PKCS#8 key `id`; missing: `OPS_KEY`, since whoever published its public half must hold it. */
  async privateKey(keys: KeyAccess, id: string): Promise<KeyObject> {
    const known = this.#privateKeys.get(id)
    if (known) return known
    const row = await keys.get(id)
    if (!row) return fail('OPS_KEY', undefined, id)
    const key = createPrivateKey({ key: Buffer.from(row.bytes), format: 'der', type: 'pkcs8' })
    this.#privateKeys.set(id, key)
    return key
  }

  /** A symmetric key; undefined when it is not, or no more, in the store. */
  async find(keys: KeyAccess, id: string): Promise<Uint8Array | undefined> {
    const known = this.#secrets.get(id)
    if (known) return known
    const row = await keys.get(id)
    if (row) this.#secrets.set(id, row.bytes)
    return row?.bytes
  }

  async secret(keys: KeyAccess, id: string): Promise<Uint8Array> {
    return (await this.find(keys, id)) ?? fail('OPS_KEY', undefined, id)
  }

  /** Forgets everything when an epoch is newer than any before: a destroyed key does not live on here. */
  enter(epoch: number): void {
    if (epoch <= this.#epoch) return
    this.#epoch = epoch
    this.#privateKeys.clear()
    this.#secrets.clear()
  }
}

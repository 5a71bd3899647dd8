/** Content from the archive, verified again: the stages are re-made by parsing, with the product's own code. */
import { createHmac } from 'node:crypto'
import type { Epoch } from '#core/decision/epoch.ts'
import { Failure, fail } from '#core/failure.ts'
import { openArchive, type Place } from '#core/handoff/archive.ts'
import { createDoorway, type Doorway } from '#core/handoff/doorway.ts'
import type { KeyAccess } from '#core/handoff/evaluator.ts'
import type { Sealed } from '#core/handoff/outcome.ts'
import { ServiceKeys } from '#core/handoff/service-keys.ts'
import { oinOf } from '#core/ids.ts'
import type { Verified } from '#core/message/content.ts'
import type { KeyStore } from '#core/ports/key-store.ts'

/** `failed`: it opens but does not verify any more, which must not be. */
export type Reopened =
  | { readonly kind: 'verified'; readonly verified: Verified }
  | { readonly kind: 'unavailable' }
  | { readonly kind: 'failed'; readonly code: string }

export class ContentReader {
  readonly #keys: KeyAccess
  readonly #doorway: Doorway = createDoorway(new ServiceKeys())

  constructor(store: Pick<KeyStore, 'get'>) {
    this.#keys = {
      get: (id) => store.get(id),
      ensure: () => fail('BUG_INVARIANT', undefined, 'replay makes no keys'),
    }
  }

  /** Opened bytes are judged as received at `receivedAt` under `epoch`. Erased or never opened: unavailable. */
  async reopen(archive: Sealed | null, place: Place, receivedAt: number, epoch: Epoch): Promise<Reopened> {
    if (!archive?.keyId.startsWith('c:')) return { kind: 'unavailable' }
    const sdJwt = await openArchive(this.#keys, archive, place)
    if (sdJwt === undefined) return { kind: 'unavailable' }
    try {
      const verified = await this.#doorway.verifyArchived(sdJwt, receivedAt, { epoch, keys: this.#keys })
      return { kind: 'verified', verified }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      // Labels whose sealing key has served its term are evidence no more; their facts are in the recorded question.
      const evidence = error.code === 'MSG_EVIDENCE' || error.code === 'OPS_KEY'
      if (evidence && (await this.#lacksSealKey(epoch))) return { kind: 'unavailable' }
      return { kind: 'failed', code: error.code }
    }
  }

  async #lacksSealKey(epoch: Epoch): Promise<boolean> {
    for (const { kid } of epoch.labelKeys) if (!(await this.#keys.get(`s:${kid}`))) return true
    return false
  }

  /** The keyed digest of who prepared a message, as approvals carry it of who approved; undefined when the case key is gone. */
  async preparedByDigest(contentKey: string | null, verified: Verified): Promise<string | undefined> {
    const row = contentKey === null ? undefined : await this.#keys.get(contentKey)
    const key = row?.wrappedBy === undefined ? undefined : await this.#keys.get(row.wrappedBy)
    if (!key) return undefined
    const text = `actor:${oinOf(verified.visible.iss)}:${verified.toExchange.preparedBy.actor}`
    return createHmac('sha256', key.bytes).update(text).digest('base64url')
  }
}

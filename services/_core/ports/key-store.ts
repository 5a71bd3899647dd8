/**
 * content, case: archive copies (design §7) · accountability: decision records · transit: outer layer of hand-offs ·
 * intake, label: private keys as PKCS#8 DER · label-seal: facts in labels, 32 bytes · operator: signs commands.
 */
export type KeyKind =
  | 'content'
  | 'case'
  | 'accountability'
  | 'transit'
  | 'intake'
  | 'label'
  | 'label-seal'
  | 'operator'

export interface KeyRow {
  readonly id: string
  readonly kind: KeyKind
  /** Outcome that will name this key, for rows written before their record; absent for service keys. */
  readonly place?: { readonly partition: number; readonly seq: number }
  /** Raw key bytes, or for kind `content` the key wrapped by its case key (`wrappedBy`). */
  readonly bytes: Uint8Array
  readonly wrappedBy?: string
  readonly notAfter?: number
}

/** What cannot be derived again. `put` and the deletes are durable on return. Throws `OPS_KEY_STORE`. */
export interface KeyStore {
  /** Adds rows; an id that exists keeps its first bytes. */
  put(rows: readonly KeyRow[]): Promise<void>
  get(id: string): Promise<KeyRow | undefined>
  list(kind: KeyKind): Promise<readonly KeyRow[]>
  /** Really deletes: no byte of the keys stays in the store's files. Ids that are not there are no error. */
  destroy(ids: readonly string[]): Promise<void>
  /** Deletes rows with this place whose ids are not in `keep`: those of lost races (keys before records). */
  settle(partition: number, seq: number, keep: readonly string[]): Promise<void>
  close(): Promise<void>
}

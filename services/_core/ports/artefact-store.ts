/** Content-addressed bytes that control records name by hash (rules, agreements, certificates …). */
export interface ArtefactStore {
  /** Durable on return; returns the SHA-256, base64url. */
  put(bytes: Uint8Array): Promise<string>
  /** Undefined when missing; bytes whose hash differs throw `OPS_CONTROL`. */
  get(sha256: string): Promise<Uint8Array | undefined>
}

export interface RegisteredSchema {
  readonly id: number
  readonly text: string
  /** SHA-256 of the canonical text, base64url: what records carry; the id is transport only. */
  readonly sha256: string
}

/** Confluent-compatible lookup behind an allow-list: only published schemas exist. Throws `OPS_REGISTRY`. */
export interface SchemaRegistry {
  byName(name: string): Promise<RegisteredSchema>
  /** Unknown or unlisted ids throw `OPS_REGISTRY`; so does a text whose digest is not the published one. */
  byId(id: number): Promise<RegisteredSchema>
}

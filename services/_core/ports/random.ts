import type { KeyObject } from 'node:crypto'

export type EphemeralCurve = 'P-256' | 'X25519'

/** The only source of chance: a CSPRNG outside tests. */
export interface Random {
  bytes(count: number): Uint8Array
  /** A fresh key pair for one ECDH-ES agreement (RFC 7518 §4.6). */
  ephemeral(curve: EphemeralCurve): {
    readonly privateKey: KeyObject
    readonly publicJwk: Readonly<Record<string, string>>
  }
}

import type { KeyObject } from 'node:crypto'
import type { Clock } from '#core/ports/clock.ts'

export type PkiKeyKind = 'Ed25519' | 'X25519' | 'P-256' | 'P-384' | 'RSA-3072'

export interface KeyPair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

/** Time and chance of the development PKI, injected so that tests repeat themselves. */
export interface PkiPorts {
  readonly clock: Pick<Clock, 'now'>
  readonly bytes: (count: number) => Uint8Array
  readonly keyPair: (kind: PkiKeyKind) => KeyPair
}

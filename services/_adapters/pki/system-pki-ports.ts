import { generateKeyPairSync } from 'node:crypto'
import type { Clock } from '#core/ports/clock.ts'
import type { Random } from '#core/ports/random.ts'
import type { KeyPair, PkiKeyKind, PkiPorts } from './ports.ts'

const RSA_BITS = 3072

/** A fresh key pair from the system's CSPRNG. */
export function generateKeyPair(kind: PkiKeyKind): KeyPair {
  switch (kind) {
    case 'Ed25519':
      return generateKeyPairSync('ed25519')
    case 'X25519':
      return generateKeyPairSync('x25519')
    case 'P-256':
      return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    case 'P-384':
      return generateKeyPairSync('ec', { namedCurve: 'P-384' })
    case 'RSA-3072':
      return generateKeyPairSync('rsa', { modulusLength: RSA_BITS })
  }
}

export function systemPkiPorts(clock: Pick<Clock, 'now'>, random: Pick<Random, 'bytes'>): PkiPorts {
  return { clock, bytes: (count) => random.bytes(count), keyPair: generateKeyPair }
}

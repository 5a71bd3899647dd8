import { createPrivateKey, type KeyObject } from 'node:crypto'
import { fail } from '#core/failure.ts'
import { readCa } from '#core/message/certificate.ts'
import type { CaIdentity } from './create-ca.ts'
import { embed, type Node } from './der-writer.ts'

/** The CA ready to sign; `name` is exactly its subject. A key that is not of the certificate throws `OPS_KEY`. */
export function openCa(ca: CaIdentity): { name: Node; privateKey: KeyObject; publicKey: KeyObject } {
  const read = readCa(ca.certPem)
  const privateKey = createPrivateKey(ca.keyPem)
  if (!read.x509.checkPrivateKey(privateKey))
    fail('OPS_KEY', undefined, 'the CA key is not of the CA certificate')
  return { name: embed(read.subject), privateKey, publicKey: read.publicKey }
}

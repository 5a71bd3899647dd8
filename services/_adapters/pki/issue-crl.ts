import { toPem } from '#core/message/der.ts'
import { DAY_MS } from './certificate-der.ts'
import type { CaIdentity } from './create-ca.ts'
import { explicit, integer, sequence, small, time } from './der-writer.ts'
import { authorityKeyIdentifier, crlNumber } from './extensions.ts'
import { openCa } from './open-ca.ts'
import type { PkiPorts } from './ports.ts'
import { schemeOf, signDer } from './sign-der.ts'

const DAYS = 30

export interface CrlOrder {
  /** Rises with each list (RFC 5280 §5.2.3). */
  readonly number: number
  readonly days?: number
  /** `serial`: lower-case hex; `at`: ms. */
  readonly revoked: readonly { readonly serial: string; readonly at: number }[]
}

const even = (hex: string): string => (hex.length % 2 === 0 ? hex : `0${hex}`)

/** A complete CRL, version 2 (RFC 5280 §5), as PEM. */
export function issueCrl(ports: PkiPorts, ca: CaIdentity, order: CrlOrder): string {
  const issuer = openCa(ca)
  const now = ports.clock.now()
  const entries = order.revoked.map(({ serial, at }) =>
    sequence(integer(Buffer.from(even(serial), 'hex')), time(at)),
  )
  const tbs = sequence(
    small(1),
    schemeOf(issuer.privateKey).algorithm,
    issuer.name,
    time(now),
    time(now + (order.days ?? DAYS) * DAY_MS),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    explicit(0, sequence(authorityKeyIdentifier(issuer.publicKey), crlNumber(order.number))),
  )
  return toPem(signDer(tbs, issuer.privateKey), 'X509 CRL')
}

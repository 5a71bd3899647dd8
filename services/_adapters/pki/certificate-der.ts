import type { KeyObject } from 'node:crypto'
import { toPem } from '#core/message/der.ts'
import { explicit, integer, type Node, sequence, small, spki, time } from './der-writer.ts'
import type { PkiPorts } from './ports.ts'
import { schemeOf, signDer } from './sign-der.ts'

export const DAY_MS = 86_400_000
/** Certificates start a little earlier, for clocks that lag. */
const EARLY_MS = 5 * 60_000
const SERIAL_BYTES = 16

interface Parts {
  readonly issuer: Node
  readonly subject: Node
  readonly publicKey: KeyObject
  readonly days: number
  readonly extensions: readonly Node[]
}

/** A version 3 certificate (RFC 5280 §4.1), signed: its DER, PEM and serial (hex without leading zeros). */
export function makeCertificate(
  ports: PkiPorts,
  signer: KeyObject,
  parts: Parts,
): { readonly der: Buffer; readonly pem: string; readonly serial: string } {
  const now = ports.clock.now()
  const serial = Buffer.from(ports.bytes(SERIAL_BYTES))
  serial[0] = ((serial[0] ?? 0) & 0x7f) | 0x40
  const tbs = sequence(
    explicit(0, small(2)),
    integer(serial),
    schemeOf(signer).algorithm,
    parts.issuer,
    sequence(time(now - EARLY_MS), time(now + parts.days * DAY_MS)),
    parts.subject,
    spki(parts.publicKey),
    explicit(3, sequence(...parts.extensions)),
  )
  const bytes = signDer(tbs, signer)
  return { der: bytes, pem: toPem(bytes, 'CERTIFICATE'), serial: serial.toString('hex').replace(/^0+/, '') }
}

export function pkcs8(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string
}

import { type KeyObject, verify } from 'node:crypto'
import forge from 'node-forge'
import { fail } from '#core/failure.ts'
import { type Ca, pemToDer } from './certificate.ts'
import { readExtensions } from './certificate-extensions.ts'
import {
  bitString,
  children,
  type Der,
  derBytes,
  isContext,
  isSameDer,
  isUniversal,
  members,
  oidText,
  positiveHex,
  readDer,
  timeOfDer,
  valueBytes,
} from './der.ts'

const { Type } = forge.asn1
const CRL_NUMBER = '2.5.29.20'
const CRL_SKEW_MS = 60_000

/** Signature OID → digest for node:crypto (null: Ed25519 hashes itself) and the key type that may use it. */
const SIGNATURES: Readonly<Record<string, { readonly digest: string | null; readonly key: string }>> = {
  '1.2.840.10045.4.3.2': { digest: 'sha256', key: 'ec' },
  '1.2.840.10045.4.3.3': { digest: 'sha384', key: 'ec' },
  '1.2.840.10045.4.3.4': { digest: 'sha512', key: 'ec' },
  '1.2.840.113549.1.1.11': { digest: 'sha256', key: 'rsa' },
  '1.2.840.113549.1.1.12': { digest: 'sha384', key: 'rsa' },
  '1.2.840.113549.1.1.13': { digest: 'sha512', key: 'rsa' },
  '1.3.101.112': { digest: null, key: 'ed25519' },
}

export interface Crl {
  /** Serials of revoked certificates, lower-case hex without leading zeros. */
  readonly serials: ReadonlySet<string>
  /** ms */
  readonly thisUpdate: number
  /** ms; from then on the list is stale. */
  readonly nextUpdate: number
  /** cRLNumber, hex. */
  readonly number: string
}

const refuse = (detail: string): never => fail('PEER_CERTIFICATE', undefined, detail)

function verifySignature(
  tbs: Der,
  algorithm: string | undefined,
  signature: Buffer | undefined,
  key: KeyObject,
): void {
  const known = algorithm === undefined ? undefined : SIGNATURES[algorithm]
  if (!known || !signature || key.asymmetricKeyType !== known.key)
    fail('PEER_CERTIFICATE', undefined, 'CRL signature algorithm')
  else if (!verify(known.digest, derBytes(tbs), key, signature)) refuse('CRL signature')
}

/** Every entry counts as revoked, whatever its reason; entries with critical extensions of their own are refused. */
function revokedSerials(list: Der | undefined): ReadonlySet<string> {
  const serials = new Set<string>()
  for (const entry of children(list)) {
    const [serialNode, date, extensions] = children(entry)
    const serial = positiveHex(serialNode)
    if (serial === undefined || timeOfDer(date) === undefined) return refuse('CRL entry')
    readExtensions(extensions, new Set())
    serials.add(serial)
  }
  return serials
}

/**
 * Reads and verifies a complete CRL, version 2, of this CA (RFC 5280 §5). Delta and indirect lists are refused (their
 * extensions are critical). Not its age: `requireCurrentCrl`. Throws `PEER_CERTIFICATE`.
 */
export function readCrl(pem: string, ca: Ca): Crl {
  const [tbs, outerAlgorithm, signature, more] = children(readDer(pemToDer(pem, 'X509 CRL')))
  if (!tbs || more) return refuse('not a CRL')
  const fields = [...children(tbs)]
  const version = fields.shift()
  if (!isUniversal(version, Type.INTEGER) || valueBytes(version)?.equals(Buffer.from([1])) !== true)
    return refuse('CRL is not version 2')
  const algorithm = fields.shift()
  if (!isSameDer(algorithm, outerAlgorithm)) refuse('CRL algorithms differ')
  verifySignature(tbs, oidText(children(algorithm)[0]), bitString(signature), ca.publicKey)
  const issuer = fields.shift()
  if (!issuer || !derBytes(issuer).equals(ca.subject)) refuse('CRL of another issuer')
  const thisUpdate = timeOfDer(fields.shift())
  const nextUpdate = timeOfDer(fields.shift())
  if (thisUpdate === undefined || nextUpdate === undefined || nextUpdate <= thisUpdate)
    return refuse('CRL times')
  const revoked = isUniversal(fields[0], Type.SEQUENCE) ? fields.shift() : undefined
  const [extensions, surplus] = fields
  if (!isContext(extensions, 0) || surplus) return refuse('CRL without extensions')
  const number = readExtensions(members(extensions)[0], new Set([CRL_NUMBER])).get(CRL_NUMBER)
  const bytes = number && isUniversal(number.value, Type.INTEGER) ? valueBytes(number.value) : undefined
  if (!bytes || number?.critical !== false) return refuse('CRL number')
  return { serials: revokedSerials(revoked), thisUpdate, nextUpdate, number: bytes.toString('hex') }
}

/** Fails closed: a list that is stale (`at` ≥ nextUpdate) or from the future throws `OPS_CONTROL`; `at` in ms. */
export function requireCurrentCrl(crl: Pick<Crl, 'thisUpdate' | 'nextUpdate'>, at: number): void {
  if (!(at + CRL_SKEW_MS >= crl.thisUpdate && at < crl.nextUpdate))
    fail('OPS_CONTROL', undefined, 'CRL is stale')
}

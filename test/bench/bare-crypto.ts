/**
 * The least that the way of one message costs: its cryptography, base64url and JSON.parse, straight on node:crypto, with nothing checked,
 * derived, decided, encoded or stored, each call in its fastest form. Sizes of what is made (presentation, facts, records) are those of the real outcome.
 */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { derOf } from '#core/message/ecdsa-signature.ts'

const KW_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex')
const COMMITMENTS = 6

export interface BareKeys {
  readonly intake: KeyObject
  readonly sender: KeyObject
  readonly labelPublic: KeyObject
  readonly labelPrivate: KeyObject
  readonly labelSeal: Uint8Array
  readonly recipients: readonly KeyObject[]
}

/** Bytes of what the exchange makes of one message. */
export interface BareSizes {
  /** Per recipient: the presentation before its label, the sealed facts (plain), the label's header and payload. */
  readonly presentation: number
  readonly facts: number
  readonly labelPayload: number
  /** Decision records of the message, plain. */
  readonly decisions: number
  readonly inbound: number
  readonly outcome: number
}

const decode = (text: string | undefined): Buffer => Buffer.from(text ?? '', 'base64url')
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

function kdf(privateKey: KeyObject, publicKey: KeyObject): KeyObject {
  const length = Buffer.from('0000000e', 'hex')
  const wrapping = createHash('sha256')
    .update(Buffer.from('00000001', 'hex'))
    .update(diffieHellman({ privateKey, publicKey }))
    .update(length)
    .update('ECDH-ES+A256KW')
    .update(Buffer.alloc(8))
    .update(Buffer.from('00000100', 'hex'))
    .digest()
  return createSecretKey(wrapping)
}

function open(key: Uint8Array, iv: Uint8Array, aad: string, text: Uint8Array, tag: Uint8Array): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: 16 })
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(tag)
  return Buffer.concat([decipher.update(text), decipher.final()])
}

function seal(key: Uint8Array, aad: string, plain: Uint8Array): Buffer {
  const iv = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(key), iv, { authTagLength: 16 })
  cipher.setAAD(Buffer.from(aad))
  return Buffer.concat([iv, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
}

function openSeal(compact: string, intake: KeyObject): string {
  const [header64 = '', key64, iv64, text64, tag64] = compact.split('.')
  const header = JSON.parse(decode(header64).toString('utf8')) as { epk: Record<string, string> }
  const epk = createPublicKey({ key: header.epk, format: 'jwk' })
  const unwrap = createDecipheriv('id-aes256-wrap', kdf(intake, epk), KW_IV)
  const key = Buffer.concat([unwrap.update(decode(key64)), unwrap.final()])
  return open(key, decode(iv64), header64, decode(text64), decode(tag64)).toString('latin1')
}

function readJwt(compact: string, check: (input: Buffer, signature: Buffer) => boolean): unknown {
  const [header64 = '', payload64 = '', signature64] = compact.split('.')
  JSON.parse(decode(header64).toString('utf8'))
  if (!check(Buffer.from(`${header64}.${payload64}`), decode(signature64))) throw new Error('signature')
  return JSON.parse(decode(payload64).toString('utf8'))
}

function readEvidence(compact: string, keys: BareKeys): void {
  const payload = readJwt(compact, (input, signature) =>
    verify('sha256', input, keys.labelPublic, derOf(signature, 32) ?? signature),
  ) as { sealed: string; nonce: string }
  const sealed = decode(payload.sealed)
  const [iv, text, tag] = [sealed.subarray(0, 12), sealed.subarray(12, -16), sealed.subarray(-16)]
  JSON.parse(open(keys.labelSeal, iv, payload.nonce, text, tag).toString('utf8'))
  sha256(compact).toString('base64url')
}

/** Opens, verifies and hashes what came in. Answers the opened SD-JWT. */
function receive(compact: string, keys: BareKeys): string {
  const sdJwt = openSeal(compact, keys.intake)
  const [issuer = '', ...disclosures] = sdJwt.split('~')
  readJwt(issuer, (input, signature) => verify(null, input, keys.sender, signature))
  sha256(issuer).toString('base64url')
  for (const one of disclosures) {
    if (one === '') continue
    sha256(one).toString('base64url')
    const value = JSON.parse(decode(one).toString('utf8')) as unknown[]
    if (value[1] !== 'toExchange') continue
    for (const label of (value[2] as { evidence: string[] }).evidence) readEvidence(label, keys)
  }
  return sdJwt
}

/** Labels and seals one presentation for one recipient, twice, as design §4 says. */
function handOver(presentation: string, recipient: KeyObject, keys: BareKeys, sizes: BareSizes): Buffer {
  sha256(presentation).toString('base64url')
  seal(keys.labelSeal, 'nonce', Buffer.alloc(sizes.facts)).toString('base64url')
  const payload = Buffer.alloc(sizes.labelPayload, 0x61)
  const input = payload.toString('base64url')
  const signature = sign('sha256', Buffer.from(input), keys.labelPrivate)
  const labelled = Buffer.from(`${presentation}${input}.${signature.toString('base64url')}`)
  const ephemeral = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { format: 'jwk' },
  } as never) as unknown as { publicKey: Record<string, string>; privateKey: KeyObject }
  const contentKey = randomBytes(32)
  const wrap = createCipheriv('id-aes256-wrap', kdf(ephemeral.privateKey, recipient), KW_IV)
  const encryptedKey = Buffer.concat([wrap.update(contentKey), wrap.final()])
  const header64 = Buffer.from(JSON.stringify(ephemeral.publicKey)).toString('base64url')
  const text = seal(contentKey, header64, labelled)
  const parts = [encryptedKey, text.subarray(0, 12), text.subarray(12, -16), text.subarray(-16)]
  const jwe = [header64, ...parts.map((part) => part.toString('base64url'))].join('.')
  const outer = Buffer.from(hkdfSync('sha256', createSecretKey(contentKey), randomBytes(16), 'handoff', 32))
  return seal(outer, 'handoff', Buffer.from(jwe))
}

/** A leaf: six commitments, each an opening and a hash, and the digest of its record. */
function commit(record: Uint8Array): void {
  sha256(record)
  const salt = createSecretKey(randomBytes(32))
  for (let part = 0; part < COMMITMENTS; part += 1) {
    const opening = createHmac('sha256', salt).update('part').digest()
    createHash('sha256').update(opening).update(record.subarray(0, 120)).digest()
  }
}

/** The whole of it for one message. */
export function bareCryptography(compact: string, keys: BareKeys, sizes: BareSizes): void {
  const archiveKey = randomBytes(32)
  sha256(Buffer.alloc(sizes.inbound))
  const sdJwt = receive(compact, keys)
  seal(archiveKey, 'archive', Buffer.from(sdJwt))
  seal(keys.labelSeal, 'content key', archiveKey)
  const presentation = sdJwt.slice(0, sizes.presentation)
  const record = Buffer.alloc(Math.ceil(sizes.decisions / keys.recipients.length))
  for (const recipient of keys.recipients) {
    handOver(presentation, recipient, keys, sizes)
    commit(record)
  }
  seal(keys.labelSeal, 'decisions', Buffer.alloc(sizes.decisions))
  sha256(Buffer.alloc(sizes.outcome))
}

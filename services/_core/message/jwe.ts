/**
 * JWE compact serialisation (RFC 7516 §3.1) in the profile of design §4: `ECDH-ES+A256KW` (P-256, X25519) or `RSA-OAEP-256`,
 * `A256GCM`, header members `alg enc kid epk typ cty ho` and no other.
 */
import {
  constants,
  createCipheriv,
  createDecipheriv,
  createHash,
  createPublicKey,
  createSecretKey,
  diffieHellman,
  type KeyObject,
  privateDecrypt,
  publicEncrypt,
} from 'node:crypto'
import { fail } from '#core/failure.ts'
import type { EphemeralCurve, Random } from '#core/ports/random.ts'
import { namedCurveOf } from './algorithms.ts'
import { decodeBase64url, encodeBase64url } from './base64url.ts'
import { asObject, parseStrictJson } from './strict-json.ts'

const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const KW_IV = Buffer.from('a6a6a6a6a6a6a6a6', 'hex')
const ALLOWED = new Set(['alg', 'enc', 'kid', 'epk', 'typ', 'cty', 'ho'])
const ECDH = 'ECDH-ES+A256KW'
const RSA = 'RSA-OAEP-256'

export interface JweHeader {
  readonly alg: string
  readonly kid: string
  readonly typ?: string
  readonly cty?: string
  readonly ho?: string
  readonly epk?: Readonly<Record<string, unknown>>
}

export interface JweRecipient {
  readonly kid: string
  readonly publicKey: KeyObject
}

function curveOf(key: KeyObject): EphemeralCurve | undefined {
  if (key.asymmetricKeyType === 'x25519') return 'X25519'
  return namedCurveOf(key) === 'prime256v1' ? 'P-256' : undefined
}

/** Concat KDF (NIST SP 800-56A §5.8.1) as RFC 7518 §4.6.2 fixes it; empty apu and apv. */
function keyWrapKey(privateKey: KeyObject, publicKey: KeyObject): KeyObject {
  const secret = diffieHellman({ privateKey, publicKey })
  return createSecretKey(createHash('sha256').update(KDF_ROUND).update(secret).update(KDF_INFO).digest())
}

const word = (value: number): Buffer => {
  const four = Buffer.alloc(4)
  four.writeUInt32BE(value)
  return four
}
const KDF_ROUND = word(1)
/** AlgorithmID with its length, empty PartyUInfo and PartyVInfo, SuppPubInfo: the key's bits. */
const KDF_INFO = Buffer.concat([
  word(ECDH.length),
  Buffer.from(ECDH, 'ascii'),
  word(0),
  word(0),
  word(KEY_BYTES * 8),
])

/** Encrypts to one recipient; chance (content key, iv, ephemeral key) comes from `random`. */
export function encryptJwe(
  plaintext: Uint8Array,
  recipient: JweRecipient,
  more: { readonly typ?: string; readonly cty?: string; readonly ho?: string },
  random: Random,
): string {
  const contentKey = Buffer.from(random.bytes(KEY_BYTES))
  const { publicKey, kid } = recipient
  const curve = curveOf(publicKey)
  let header: Record<string, unknown>
  let encryptedKey: Buffer
  if (curve) {
    const ephemeral = random.ephemeral(curve)
    const wrap = createCipheriv('id-aes256-wrap', keyWrapKey(ephemeral.privateKey, publicKey), KW_IV)
    encryptedKey = Buffer.concat([wrap.update(contentKey), wrap.final()])
    header = { alg: ECDH, enc: 'A256GCM', kid, epk: ephemeral.publicJwk, ...more }
  } else if (publicKey.asymmetricKeyType === 'rsa') {
    encryptedKey = publicEncrypt(
      { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      contentKey,
    )
    header = { alg: RSA, enc: 'A256GCM', kid, ...more }
  } else {
    return fail('MSG_ALG', '/kid')
  }
  const header64 = encodeBase64url(JSON.stringify(header))
  const iv = random.bytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', createSecretKey(contentKey), iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(header64, 'ascii'))
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()])
  return [
    header64,
    encodeBase64url(encryptedKey),
    encodeBase64url(iv),
    encodeBase64url(ciphertext),
    encodeBase64url(cipher.getAuthTag()),
  ].join('.')
}

/** A compact JWE taken apart; its header is of the profile, nothing is decrypted. */
export interface ParsedJwe {
  readonly header: JweHeader
  readonly header64: string
  readonly encryptedKey: Buffer
  readonly iv: Buffer
  readonly ciphertext: Buffer
  readonly tag: Buffer
}

function optionalText(
  header: Readonly<Record<string, unknown>>,
  name: 'typ' | 'cty' | 'ho',
): Record<string, string> {
  const value = header[name]
  if (value === undefined) return {}
  return typeof value === 'string' ? { [name]: value } : fail('MSG_JWE_HEADER', `/${name}`)
}

function checkHeader(header: Readonly<Record<string, unknown>>): JweHeader {
  for (const name of Object.keys(header)) if (!ALLOWED.has(name)) fail('MSG_JWE_HEADER', `/${name}`)
  const { alg, enc, kid, epk } = header
  if (alg !== ECDH && alg !== RSA) return fail('MSG_JWE_HEADER', '/alg')
  if (enc !== 'A256GCM') return fail('MSG_JWE_HEADER', '/enc')
  if (typeof kid !== 'string' || kid === '' || kid.length > 256) return fail('MSG_JWE_HEADER', '/kid')
  if ((alg === ECDH) !== (epk !== undefined)) return fail('MSG_JWE_HEADER', '/epk')
  return {
    alg,
    kid,
    ...optionalText(header, 'typ'),
    ...optionalText(header, 'cty'),
    ...optionalText(header, 'ho'),
    ...(epk === undefined ? {} : { epk: asObject(epk, '/epk') }),
  }
}

/** Takes the five parts apart and checks the header; nothing is decrypted. `MSG_FRAMING`, `MSG_ENCODING`, `MSG_JWE_HEADER`. */
export function parseJwe(compact: string): ParsedJwe {
  const parts = compact.split('.')
  const [header64, key64, iv64, text64, tag64] = parts
  if (parts.length !== 5 || !header64 || !key64 || !iv64 || text64 === undefined || !tag64)
    return fail('MSG_FRAMING')
  const header = checkHeader(
    asObject(parseStrictJson(decodeBase64url(header64, '/header'), '/header'), '/header'),
  )
  const iv = decodeBase64url(iv64, '/iv')
  const tag = decodeBase64url(tag64, '/tag')
  if (iv.length !== IV_BYTES || tag.length !== TAG_BYTES) return fail('MSG_FRAMING')
  return {
    header,
    header64,
    encryptedKey: decodeBase64url(key64, '/encrypted_key'),
    iv,
    ciphertext: decodeBase64url(text64, '/ciphertext'),
    tag,
  }
}

/** The epk of a header as a key on the recipient's own curve: another curve, a point off it, or a surplus member is refused. */
function ephemeralKey(epk: Readonly<Record<string, unknown>>, recipient: KeyObject): KeyObject {
  const curve = curveOf(recipient)
  if (!curve) return fail('MSG_JWE_HEADER', '/alg')
  const members = curve === 'X25519' ? ['kty', 'crv', 'x'] : ['kty', 'crv', 'x', 'y']
  const kty = curve === 'X25519' ? 'OKP' : 'EC'
  const names = Object.keys(epk)
  if (names.length !== members.length || epk['kty'] !== kty || epk['crv'] !== curve)
    return fail('MSG_JWE_HEADER', '/epk')
  const jwk: Record<string, string> = {}
  for (const name of members) {
    const value = epk[name]
    if (typeof value !== 'string') return fail('MSG_JWE_HEADER', '/epk')
    if (name === 'x' || name === 'y')
      if (decodeBase64url(value, '/epk').length !== 32) return fail('MSG_JWE_HEADER', '/epk')
    jwk[name] = value
  }
  try {
    return createPublicKey({ key: jwk, format: 'jwk' })
  } catch {
    return fail('MSG_JWE_HEADER', '/epk')
  }
}

function contentKeyOf(
  { header, encryptedKey }: ParsedJwe,
  key: KeyObject,
  ephemeral: KeyObject | undefined,
): Buffer {
  if (header.alg === RSA) {
    if (key.asymmetricKeyType !== 'rsa') return fail('MSG_JWE_HEADER', '/alg')
    return privateDecrypt(
      { key, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
      encryptedKey,
    )
  }
  if (!ephemeral || encryptedKey.length !== KEY_BYTES + 8) return fail('MSG_JWE_HEADER', '/alg')
  const unwrap = createDecipheriv('id-aes256-wrap', keyWrapKey(key, ephemeral), KW_IV)
  return Buffer.concat([unwrap.update(encryptedKey), unwrap.final()])
}

/** Decrypts with the recipient's private key. Whatever does not open throws `MSG_SEAL`, and says no more than that. */
export function decryptJwe(
  jwe: string | ParsedJwe,
  key: KeyObject,
): { readonly header: JweHeader; readonly plaintext: Buffer } {
  const parts = typeof jwe === 'string' ? parseJwe(jwe) : jwe
  const ephemeral = parts.header.epk && ephemeralKey(parts.header.epk, key)
  try {
    const contentKey = contentKeyOf(parts, key, ephemeral)
    if (contentKey.length !== KEY_BYTES) return fail('MSG_SEAL')
    const options = { authTagLength: TAG_BYTES }
    const decipher = createDecipheriv('aes-256-gcm', createSecretKey(contentKey), parts.iv, options)
    decipher.setAAD(Buffer.from(parts.header64, 'ascii'))
    decipher.setAuthTag(parts.tag)
    return {
      header: parts.header,
      plaintext: Buffer.concat([decipher.update(parts.ciphertext), decipher.final()]),
    }
  } catch {
    return fail('MSG_SEAL')
  }
}

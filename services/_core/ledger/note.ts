/** Signed notes (C2SP signed-note v1.0) with Ed25519 (signature type 0x01, RFC 8032). */
import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto'

const ED25519 = 1
const SIGNATURES_MAX = 64
const NAME = /^[^\s+\p{Z}\p{C}]+$/u
const VKEY = /^([^\s+\p{Z}\p{C}]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/u
const LINE = /^\u2014 ([^\s+\p{Z}\p{C}]+) ([A-Za-z0-9+/]+={0,2})$/u
const SPKI_ED25519 = Buffer.from('302a300506032b6570032100', 'hex')

export interface NoteSignature {
  readonly name: string
  readonly keyId: string
  readonly bytes: Uint8Array
}

/** `text` ends in a newline. */
export interface Note {
  readonly text: string
  readonly signatures: readonly NoteSignature[]
}

/** A verifier that the reader trusts: name, key id (8 hex) and public key. */
export interface NoteVerifier {
  readonly name: string
  readonly keyId: string
  readonly publicKey: KeyObject
}

/** Standard base64, canonical only. */
export function decodeBase64(text: string): Uint8Array | undefined {
  const bytes = Buffer.from(text, 'base64')
  return bytes.toString('base64') === text ? bytes : undefined
}

function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_ED25519.length)
}

function keyIdOf(name: string, raw: Uint8Array): string {
  const hash = createHash('sha256').update(`${name}\n`, 'utf8').update(Uint8Array.of(ED25519)).update(raw)
  return hash.digest('hex').slice(0, 8)
}

/** The verifier of an Ed25519 public key under a name without spaces or plus. */
export function noteVerifier(name: string, publicKey: KeyObject): NoteVerifier {
  return { name, keyId: keyIdOf(name, rawPublicKey(publicKey)), publicKey }
}

/** `name+hex8+base64(type ‖ key)`, the text form of a verifier key. */
export function formatVkey(verifier: NoteVerifier): string {
  const raw = Buffer.concat([Uint8Array.of(ED25519), rawPublicKey(verifier.publicKey)])
  return `${verifier.name}+${verifier.keyId}+${raw.toString('base64')}`
}

/** Undefined for another signature type, a wrong key id or a malformed key. */
export function parseVkey(text: string): NoteVerifier | undefined {
  const match = VKEY.exec(text.trim())
  const bytes = match?.[3] ? decodeBase64(match[3]) : undefined
  if (!match?.[1] || !bytes || bytes.length !== 33 || bytes[0] !== ED25519) return undefined
  const raw = bytes.subarray(1)
  if (keyIdOf(match[1], raw) !== match[2]) return undefined
  try {
    const key = createPublicKey({ key: Buffer.concat([SPKI_ED25519, raw]), format: 'der', type: 'spki' })
    return { name: match[1], keyId: match[2], publicKey: key }
  } catch {
    return undefined
  }
}

/** Signs `text` (ending in a newline) with an Ed25519 key; `verifier` is the same key's. */
export function signNote(text: string, privateKey: KeyObject, verifier: NoteVerifier): string {
  const signature = sign(null, Buffer.from(text, 'utf8'), privateKey)
  const blob = Buffer.concat([Buffer.from(verifier.keyId, 'hex'), signature]).toString('base64')
  return `${text}\n\u2014 ${verifier.name} ${blob}\n`
}

/** A note without a judgement of its signatures; undefined when malformed. */
export function parseNote(note: string): Note | undefined {
  const at = note.lastIndexOf('\n\n')
  if (at < 0 || !note.endsWith('\n') || hasControl(note)) return undefined
  const lines = note.slice(at + 2, -1).split('\n')
  if (lines.length > SIGNATURES_MAX) return undefined
  const signatures: NoteSignature[] = []
  for (const line of lines) {
    const match = LINE.exec(line)
    const blob = match?.[2] ? decodeBase64(match[2]) : undefined
    if (!match?.[1] || !NAME.test(match[1]) || !blob || blob.length < 5) return undefined
    const keyId = Buffer.from(blob.subarray(0, 4)).toString('hex')
    signatures.push({ name: match[1], keyId, bytes: blob.subarray(4) })
  }
  return { text: note.slice(0, at + 1), signatures }
}

function hasControl(note: string): boolean {
  for (let i = 0; i < note.length; i += 1) {
    const unit = note.charCodeAt(i)
    if (unit < 0x20 && unit !== 0x0a) return true
  }
  return false
}

/** Signed by this verifier's key: at least one signature of it, and none of it that fails. Others are ignored. */
export function verifyNote(note: Note, verifier: NoteVerifier): boolean {
  const known = note.signatures.filter((s) => s.name === verifier.name && s.keyId === verifier.keyId)
  const text = Buffer.from(note.text, 'utf8')
  return (
    known.length > 0 &&
    known.every((s) => s.bytes.length === 64 && verify(null, text, verifier.publicKey, s.bytes))
  )
}

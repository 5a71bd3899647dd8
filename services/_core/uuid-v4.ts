import type { MessageId } from './ids.ts'

/** A random UUID (RFC 9562 §5.4) from 16 bytes of chance that the caller brings. */
export function uuidV4(chance: Uint8Array): MessageId {
  const bytes = Buffer.from(chance.subarray(0, 16))
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6)
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8)
  const hex = bytes.toString('hex')
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)]
  return parts.join('-') as MessageId
}

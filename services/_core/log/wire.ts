/** Confluent wire format: 0x00 ‖ uint32 big-endian schema id ‖ Avro binary. */
import { fail } from '#core/failure.ts'

export const WIRE_HEADER_BYTES = 5
const MAGIC = 0
const ID_MAX = 0x7fffffff

/** Writes the five header bytes at the start of `target`. `id` 1 … 2^31 − 1, as registries give them. */
export function writeWireHeader(target: Buffer, id: number): void {
  if (!Number.isInteger(id) || id < 1 || id > ID_MAX) fail('OPS_REGISTRY')
  target[0] = MAGIC
  target.writeUInt32BE(id, 1)
}

/** The Avro bytes (a view, no copy) and the id that transported them. Throws `OPS_LOG` for any other framing. */
export function openWire(value: Uint8Array): { readonly id: number; readonly body: Buffer } {
  if (value.byteLength < WIRE_HEADER_BYTES || value[0] !== MAGIC) fail('OPS_LOG')
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength)
  const id = bytes.readUInt32BE(1)
  if (id < 1 || id > ID_MAX) fail('OPS_LOG')
  return { id, body: bytes.subarray(WIRE_HEADER_BYTES) }
}

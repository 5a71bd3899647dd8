const M = 0x5bd1e995
const SEED = 0x9747b28c

/** 32-bit murmur2 as Kafka's default partitioner computes it (org.apache.kafka.common.utils.Utils.murmur2); a signed integer. */
export function murmur2(data: Uint8Array): number {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  const whole = data.length & ~3
  let h = SEED ^ data.length
  for (let i = 0; i < whole; i += 4) {
    let k = Math.imul(view.getInt32(i, true), M)
    k = Math.imul(k ^ (k >>> 24), M)
    h = Math.imul(h, M) ^ k
  }
  const rest = data.length - whole
  if (rest === 3) h ^= view.getUint8(whole + 2) << 16
  if (rest >= 2) h ^= view.getUint8(whole + 1) << 8
  if (rest >= 1) h = Math.imul(h ^ view.getUint8(whole), M)
  h = Math.imul(h ^ (h >>> 13), M)
  return h ^ (h >>> 15)
}

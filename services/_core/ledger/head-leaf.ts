/**
 * The other kind of leaf: where a partition of the log stood when a cut was made (design §6, decision 0009). Its hash is that of
 * the last record up to the cut, which names the one before it, and so on: whoever has a checkpoint has the whole log pinned,
 * sealed bytes, deadlines and archive copies too, not only what the leaves of decisions commit to.
 *
 * bytes = version 2 (1) ‖ partition u16 ‖ seq u48 ‖ 0xFFFF ‖ SHA-256 of the record's value bytes (32), big-endian. It stands after
 * the leaves of its partition in the cut; partition 0xFFFF is `control`, as of the highest epoch that the cut knows.
 */
import { fail } from '#core/failure.ts'
import type { FoldHead } from '#core/ports/fold.ts'

const VERSION = 2
const LAST = 0xffff
const PLACE = 11
export const HEAD_LEAF_BYTES = PLACE + 32
export const CONTROL_PARTITION = 0xffff

/** The leaf of a head: the SHA-256 of its record is not secret, so nothing is salted. */
export function headLeaf(partition: number, { seq, hash }: Pick<FoldHead, 'seq' | 'hash'>): Uint8Array {
  if (hash.length !== HEAD_LEAF_BYTES - PLACE) fail('BUG_INVARIANT', '/hash')
  const leaf = Buffer.alloc(HEAD_LEAF_BYTES)
  leaf.writeUInt8(VERSION, 0)
  leaf.writeUInt16BE(partition, 1)
  leaf.writeUIntBE(seq, 3, 6)
  leaf.writeUInt16BE(LAST, 9)
  leaf.set(hash, PLACE)
  return leaf
}

/** True for the bytes of a head leaf, whatever it says. */
export function isHeadLeaf(leaf: Uint8Array): boolean {
  return leaf.length === HEAD_LEAF_BYTES && leaf[0] === VERSION && leaf[9] === 0xff && leaf[10] === 0xff
}

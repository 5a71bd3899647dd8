/**
 * A leaf of the ledger (design §6): where it is, and six salted commitments; nothing else is readable in it.
 *
 * bytes = version(1) ‖ partition u16 ‖ seq u48 ‖ n u16 ‖ 6 × commitment(32), big-endian, parts in the order of `LEAF_PARTS`;
 * opening = HMAC-SHA256(salt, part name); commitment = SHA-256(opening ‖ JCS(part)).
 * One opening shows one part and says nothing about the others: the salt itself need never leave the decision record.
 */
import { createHash, createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { fail } from '#core/failure.ts'
import { canonicalize } from '#core/message/jcs.ts'
import { isHeadLeaf } from './head-leaf.ts'
import { LEAF_PARTS, type LeafPart, type LeafParts, type LeafSubject, leafParts } from './leaf-parts.ts'

const VERSION = 1
const HEAD = 11
const HASH = 32
export const LEAF_BYTES = HEAD + LEAF_PARTS.length * HASH

/** Place of a leaf: `n` is its index in the outcome (partition, seq). */
export interface LeafPlace {
  readonly partition: number
  readonly seq: number
  readonly n: number
}

/** One part with what opens its commitment; both are shown to whoever may see that part. */
export interface OpenedPart {
  readonly value: unknown
  /** HMAC-SHA256(salt, part name), base64url. */
  readonly opening: string
}

function saltOf(record: DecisionRecord): KeyObject {
  const salt = Buffer.from(record.salt, 'base64url')
  if (salt.length !== HASH || salt.toString('base64url') !== record.salt) fail('BUG_INVARIANT', '/salt')
  return createSecretKey(salt)
}

function commitment(opening: Uint8Array, value: unknown): Buffer {
  return createHash('sha256').update(opening).update(canonicalize(value), 'utf8').digest()
}

/** The leaf of one decision record. `from`, `to`, `type` are the hand-off's own; null when `record.handoff` is null. */
export function makeLeaf(input: LeafPlace & LeafSubject & { readonly record: DecisionRecord }): Uint8Array {
  const { partition, seq, n, record } = input
  const whole = (value: number, below: number) => Number.isSafeInteger(value) && value >= 0 && value < below
  // n 0xFFFF and partition 0xFFFF are those of head leaves.
  if (!whole(partition, 0xffff) || !whole(seq, 2 ** 48) || !whole(n, 0xffff)) fail('BUG_INVARIANT', '/place')
  const salt = saltOf(record)
  const parts = leafParts(record, input)
  const leaf = Buffer.alloc(LEAF_BYTES)
  leaf.writeUInt8(VERSION, 0)
  leaf.writeUInt16BE(partition, 1)
  leaf.writeUIntBE(seq, 3, 6)
  leaf.writeUInt16BE(n, 9)
  for (const [index, name] of LEAF_PARTS.entries()) {
    const opening = createHmac('sha256', salt).update(name).digest()
    commitment(opening, parts[name]).copy(leaf, HEAD + index * HASH)
  }
  return leaf
}

/** All six parts of a record with their openings, for an evidence bundle; leave out what the reader may not see. */
export function openParts(
  record: DecisionRecord,
  subject: LeafSubject,
): Readonly<Record<LeafPart, OpenedPart>> {
  const salt = saltOf(record)
  const parts: LeafParts = leafParts(record, subject)
  const opened = {} as Record<LeafPart, OpenedPart>
  for (const name of LEAF_PARTS) {
    opened[name] = {
      value: parts[name],
      opening: createHmac('sha256', salt).update(name).digest('base64url'),
    }
  }
  return opened
}

const isDecisionLeaf = (leaf: Uint8Array) => leaf.length === LEAF_BYTES && leaf[0] === VERSION

/** Where a leaf says it is, that of a decision or of a head; undefined when the bytes are neither. */
export function leafPlace(leaf: Uint8Array): LeafPlace | undefined {
  if (!isDecisionLeaf(leaf) && !isHeadLeaf(leaf)) return undefined
  const bytes = Buffer.from(leaf.buffer, leaf.byteOffset, leaf.length)
  return { partition: bytes.readUInt16BE(1), seq: bytes.readUIntBE(3, 6), n: bytes.readUInt16BE(9) }
}

/** Checks the parts shown against the leaf: its place when all of them are what it commits to, else undefined. */
export function openLeaf(
  leaf: Uint8Array,
  shown: Readonly<Partial<Record<LeafPart, OpenedPart>>>,
): LeafPlace | undefined {
  const place = isDecisionLeaf(leaf) ? leafPlace(leaf) : undefined
  if (!place) return undefined
  for (const [index, name] of LEAF_PARTS.entries()) {
    const part = shown[name]
    if (!part) continue
    const opening = Buffer.from(part.opening, 'base64url')
    if (opening.length !== HASH || opening.toString('base64url') !== part.opening) return undefined
    const at = HEAD + index * HASH
    if (!timingSafeEqual(commitment(opening, part.value), leaf.subarray(at, at + HASH))) return undefined
  }
  return place
}

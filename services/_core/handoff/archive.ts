/** Archive copies and decision records at rest (design §7): who can open them is who holds the named key. */

import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { fail } from '#core/failure.ts'
import type { KeyRow } from '#core/ports/key-store.ts'
import type { EvaluationContext, KeyAccess } from './evaluator.ts'
import type { Sealed } from './outcome.ts'
import { openBytes, sealBytes } from './seal-bytes.ts'

const IV = 12
const KEY = 32

export interface Place {
  readonly partition: number
  readonly seq: number
}

export const archiveAad = (place: Place): string => `archive:${place.partition}:${place.seq}`
export const decisionsAad = (place: Place): string => `decisions:${place.partition}:${place.seq}`

/** Case key of the case's first generation; a later generation starts after an erasure of the case. */
export function caseKeyId(caseRef: string, generation = 0): string {
  return `k:${caseRef}:${generation}`
}

/** Accountability key of the month (UTC) in which the decision was taken. */
export function accountabilityKeyId(at: number): string {
  return `a:${new Date(at).toISOString().slice(0, 7)}`
}

/**
 * Seals the opened message under a fresh content key wrapped by its case key.
 * The row must be durable before the outcome that names it; without the row the copy is unreadable from the start.
 */
export async function sealArchive(
  context: EvaluationContext,
  caseKey: string,
  plain: string,
): Promise<{ archive: Sealed; row: KeyRow }> {
  const wrapping = await context.keys.ensure(caseKey, 'case')
  const content = context.random.bytes(KEY)
  const id = `c:${context.partition}:${context.seq}:${Buffer.from(context.random.bytes(4)).toString('hex')}`
  const bytes = sealBytes(content, context.random.bytes(IV), archiveAad(context), Buffer.from(plain, 'utf8'))
  const wrapped = sealBytes(wrapping.bytes, context.random.bytes(IV), id, content)
  const row: KeyRow = {
    id,
    kind: 'content',
    place: { partition: context.partition, seq: context.seq },
    bytes: wrapped,
    wrappedBy: caseKey,
  }
  return { archive: { keyId: id, bytes }, row }
}

/** The archived compact SD-JWT; undefined when its key was destroyed (`Erased`, an answer and not a failure). */
export async function openArchive(
  keys: Pick<KeyAccess, 'get'>,
  archive: Sealed,
  place: Place,
): Promise<string | undefined> {
  const row = await keys.get(archive.keyId)
  if (!row) return undefined
  if (!row.wrappedBy) return fail('OPS_KEY', undefined, 'content key without wrapping key')
  const wrapping = await keys.get(row.wrappedBy)
  if (!wrapping) return undefined
  const content = openBytes(wrapping.bytes, row.id, row.bytes)
  return Buffer.from(openBytes(content, archiveAad(place), archive.bytes)).toString('utf8')
}

/** Bytes that could not be opened or verified, kept for accountability only. */
export async function sealUnopened(context: EvaluationContext, bytes: Uint8Array): Promise<Sealed> {
  const key = await context.keys.ensure(accountabilityKeyId(context.at), 'accountability')
  return { keyId: key.id, bytes: sealBytes(key.bytes, context.random.bytes(IV), archiveAad(context), bytes) }
}

export async function sealDecisions(
  context: EvaluationContext,
  records: readonly DecisionRecord[],
): Promise<Sealed | null> {
  if (records.length === 0) return null
  const key = await context.keys.ensure(accountabilityKeyId(context.at), 'accountability')
  const plain = Buffer.from(JSON.stringify(records), 'utf8')
  return {
    keyId: key.id,
    bytes: sealBytes(key.bytes, context.random.bytes(IV), decisionsAad(context), plain),
  }
}

/** Decision records of one outcome; undefined once the accountability key's term is over. */
export async function openDecisions(
  keys: Pick<KeyAccess, 'get'>,
  sealed: Sealed,
  place: Place,
): Promise<readonly DecisionRecord[] | undefined> {
  const key = await keys.get(sealed.keyId)
  if (!key) return undefined
  const plain = Buffer.from(openBytes(key.bytes, decisionsAad(place), sealed.bytes)).toString('utf8')
  return JSON.parse(plain) as readonly DecisionRecord[]
}

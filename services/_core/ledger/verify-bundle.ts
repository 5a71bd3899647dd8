/**
 * An evidence bundle: what one hand-off's leaves commit to, and the proof that they are in the ledger (design §6). It verifies
 * offline, against a verifier key that the reader already has; nothing in the bundle itself is trusted, its `vkey` least of all.
 * By hand: tlog-proof (C2SP) gives checkpoint and entry; the entry's six hashes are SHA-256(opening ‖ JCS(value)).
 */
import { createHash } from 'node:crypto'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { canonicalize } from '#core/message/jcs.ts'
import { type OpenedPart, openLeaf } from './leaf.ts'
import { LEAF_PARTS, type LeafPart, type LeafParts, leafParts } from './leaf-parts.ts'
import { parseVkey } from './note.ts'
import { parseTlogProof, verifyTlogProof } from './tlog-proof.ts'

export const BUNDLE_FORMAT = 'schakel-evidence/1'

export interface BundleLeaf {
  /** The entry as it is in the ledger, base64. */
  readonly entry: string
  readonly parts: Readonly<Record<LeafPart, OpenedPart>>
  /** Without its salt: the openings stand for it. */
  readonly record: Omit<DecisionRecord, 'salt'>
  /** C2SP tlog-proof, checkpoint included. */
  readonly proof: string
}

/** Holds the whole decision record: for an auditor or a court, not for the sender who may not read every reason. */
export interface EvidenceBundle {
  readonly format: typeof BUNDLE_FORMAT
  readonly handoff: string
  /** Only a hint which log this is. */
  readonly vkey: string
  readonly leaves: readonly BundleLeaf[]
}

export interface BundleReport {
  readonly ok: boolean
  readonly handoff: string
  readonly leaves: number
  /** Size of the largest checkpoint met. */
  readonly size: number
  /** What is proved, oldest first. */
  readonly states: readonly { readonly at: number; readonly state: string; readonly verdict: string | null }[]
  readonly problems: readonly { readonly at: string; readonly problem: string }[]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function isPart(value: unknown): value is OpenedPart {
  return isObject(value) && typeof value['opening'] === 'string' && value['value'] !== undefined
}

function isLeaf(value: unknown): value is BundleLeaf {
  if (!isObject(value) || typeof value['entry'] !== 'string' || typeof value['proof'] !== 'string')
    return false
  const { parts, record } = value
  return isObject(parts) && isObject(record) && LEAF_PARTS.every((name) => isPart(parts[name]))
}

function isBundle(value: unknown): value is EvidenceBundle {
  if (!isObject(value) || value['format'] !== BUNDLE_FORMAT || typeof value['handoff'] !== 'string')
    return false
  const { leaves } = value
  return Array.isArray(leaves) && leaves.length > 0 && leaves.every(isLeaf)
}

/** The parts that this record must have given; the subject is what the parts themselves show. */
function sameParts(leaf: BundleLeaf): boolean {
  const shown = Object.fromEntries(
    LEAF_PARTS.map((name) => [name, leaf.parts[name].value]),
  ) as unknown as LeafParts
  if (!isObject(shown.parties)) return false
  const { from, to } = shown.parties
  const expected = leafParts({ ...leaf.record, salt: '' }, { from, to, type: shown.type })
  return canonicalize(expected) === canonicalize(shown)
}

/**
 * Judges a bundle. `vkey`: the reader's own copy of the ledger's verifier key. `presentation`: the presented SD-JWT up to and
 * with its last `~`, or with its KB-JWT; its hash must be the `sdHash` of a leaf.
 */
export function verifyBundle(bundle: unknown, vkey: string, presentation?: string): BundleReport {
  const problems: { at: string; problem: string }[] = []
  const verifier = parseVkey(vkey)
  if (!verifier) problems.push({ at: 'vkey', problem: 'not an Ed25519 verifier key' })
  if (!isBundle(bundle)) problems.push({ at: '', problem: 'not an evidence bundle' })
  if (!verifier || !isBundle(bundle)) {
    return { ok: false, handoff: '', leaves: 0, size: 0, states: [], problems }
  }
  const states: { at: number; state: string; verdict: string | null }[] = []
  let size = 0
  let last = -1
  for (const [index, leaf] of bundle.leaves.entries()) {
    const at = `/leaves/${index}`
    const expect = (holds: boolean, problem: string) => holds || problems.push({ at, problem })
    const entry = Buffer.from(leaf.entry, 'base64')
    const proof = parseTlogProof(leaf.proof)
    const checkpoint = proof && verifyTlogProof(proof, entry, verifier)
    expect(checkpoint !== undefined, 'is not proved to be in this ledger')
    expect(openLeaf(entry, leaf.parts) !== undefined, 'the parts are not what the leaf commits to')
    expect(sameParts(leaf), 'the decision record is not the one of the leaf')
    expect(leaf.parts.handoff.value === bundle.handoff, 'is about another hand-off')
    expect((proof?.index ?? -1) > last, 'is out of order')
    last = proof?.index ?? last
    size = Math.max(size, checkpoint?.size ?? 0)
    const { timestamp, state, verdict } = leaf.record
    states.push({ at: timestamp, state, verdict: verdict?.kind ?? null })
  }
  if (presentation !== undefined && !presented(bundle, presentation)) {
    problems.push({ at: 'presentation', problem: 'is not what any of these leaves says was shown' })
  }
  return {
    ok: problems.length === 0,
    handoff: bundle.handoff,
    leaves: bundle.leaves.length,
    size,
    states,
    problems,
  }
}

/** RFC 9901 §4.3.1: the hash is over everything up to and with the last tilde. */
function presented(bundle: EvidenceBundle, presentation: string): boolean {
  const text = presentation.trim()
  const hash = createHash('sha256')
    .update(text.slice(0, text.lastIndexOf('~') + 1), 'ascii')
    .digest('base64url')
  return bundle.leaves.some((leaf) => leaf.record.sdHash === hash)
}

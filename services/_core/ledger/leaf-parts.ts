import { hash } from 'node:crypto'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { canonicalizeStored } from '#core/message/jcs.ts'

/** The order of the commitments in a leaf; it never changes for version 1. */
export const LEAF_PARTS = ['handoff', 'parties', 'type', 'decided', 'state', 'content'] as const
export type LeafPart = (typeof LEAF_PARTS)[number]

/** What a leaf commits to, part by part: JSON values without floats. */
export interface LeafParts {
  readonly handoff: string | null
  readonly parties: { readonly from: string | null; readonly to: string | null }
  readonly type: string | null
  /** `record`: SHA-256 (base64url) of the JCS form of the whole decision record without its salt: editing it later shows. */
  readonly decided: { readonly at: number; readonly epoch: number; readonly record: string }
  readonly state: {
    readonly state: string
    readonly cause: string
    readonly verdict: string | null
    readonly reasons: readonly string[]
  }
  readonly content: { readonly message: string | null; readonly sdHash: string | null }
}

/** Whose hand-off it is: from its row; all null for a message refused before any hand-off came of it. */
export interface LeafSubject {
  readonly from: string | null
  readonly to: string | null
  readonly type: string | null
}

/** SHA-256 of the JCS form of a record without its salt, base64url. Members that are undefined are absent, as in the stored JSON. */
export function recordDigest(record: DecisionRecord): string {
  const { salt: _salt, ...rest } = record
  return hash('sha256', canonicalizeStored(rest), 'base64url')
}

/** Reason codes once each, in code-unit order: a leaf does not depend on the order in which rules were asked. */
export function leafParts(record: DecisionRecord, subject: LeafSubject): LeafParts {
  const reasons = new Set((record.verdict?.reasons ?? []).map((reason) => reason.code))
  return {
    handoff: record.handoff,
    parties: { from: subject.from, to: subject.to },
    type: subject.type,
    decided: { at: record.timestamp, epoch: record.epoch, record: recordDigest(record) },
    state: {
      state: record.state,
      cause: record.cause,
      verdict: record.verdict?.kind ?? null,
      reasons: [...reasons].sort(),
    },
    content: { message: record.message, sdHash: record.sdHash },
  }
}

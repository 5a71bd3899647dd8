import { createHash, createHmac } from 'node:crypto'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import { canonicalize } from '#core/message/jcs.ts'

/** From, to and type of the hand-off that a record is about. */
export interface Subject {
  readonly from: string | null
  readonly to: string | null
  readonly type: string | null
}

const sha256 = (...parts: readonly (string | Uint8Array)[]): Buffer => {
  const hash = createHash('sha256')
  for (const part of parts) hash.update(part)
  return hash.digest()
}

/** The leaf that a decision record must have given (format: design §6), computed here without the code that made it. */
export function expectedLeaf(
  partition: number,
  seq: number,
  n: number,
  record: DecisionRecord,
  { from, to, type }: Subject,
): Buffer {
  const { salt, ...rest } = record
  const codes = record.verdict ? record.verdict.reasons.map((reason) => reason.code) : []
  const parts: readonly (readonly [string, unknown])[] = [
    ['handoff', record.handoff],
    ['parties', { from, to }],
    ['type', type],
    [
      'decided',
      { at: record.timestamp, epoch: record.epoch, record: sha256(canonicalize(rest)).toString('base64url') },
    ],
    [
      'state',
      {
        state: record.state,
        cause: record.cause,
        verdict: record.verdict ? record.verdict.kind : null,
        reasons: [...new Set(codes)].sort(),
      },
    ],
    ['content', { message: record.message, sdHash: record.sdHash }],
  ]
  const secret = Buffer.from(salt, 'base64url')
  const commitments = parts.map(([name, value]) =>
    sha256(createHmac('sha256', secret).update(name).digest(), canonicalize(value)),
  )
  return Buffer.concat([placed('01', partition, seq, n), ...commitments])
}

/** The leaf that a head must have given: `hash` (hex) is that of the record at `seq`. */
export function expectedHead(partition: number, seq: number, hash: string): Buffer {
  return Buffer.concat([placed('02', partition, seq, 0xffff), Buffer.from(hash, 'hex')])
}

function placed(version: string, partition: number, seq: number, n: number): Buffer {
  const digits = (value: number, count: number) => value.toString(16).padStart(count, '0')
  return Buffer.from(`${version}${digits(partition, 4)}${digits(seq, 12)}${digits(n, 4)}`, 'hex')
}

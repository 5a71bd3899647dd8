import type { EndpointUrn, HandoffId, MessageId } from '#core/ids.ts'
import type { HandoffRow } from '#core/ports/fold.ts'

/** A sealed, unreleased hand-off; a test names what it cares about. */
export function handoffRow(
  change: Omit<Partial<HandoffRow>, 'handoff'> & { readonly handoff: string; readonly to: EndpointUrn },
): HandoffRow {
  const [, partition, seq] = change.handoff.split('-')
  return {
    partition: Number(partition),
    seq: Number(seq),
    changedSeq: Number(seq),
    caseRef: '0'.repeat(32),
    message: '00000000-0000-4000-8000-000000000001' as MessageId,
    from: 'urn:nld:oin:00000099000000001000:systeem:meldpunt' as EndpointUrn,
    type: 'tip.ngo.forwarded',
    state: 'sealed',
    content: 'present',
    epoch: 1,
    at: Date.UTC(2026, 10, 24),
    deadline: Date.UTC(2026, 11, 1),
    sdHash: 'A'.repeat(43),
    released: false,
    releasedSeq: null,
    sealedSeq: Number(seq),
    asks: null,
    contentKey: null,
    certificate: 'C'.repeat(43),
    ...change,
    handoff: change.handoff as HandoffId,
  }
}

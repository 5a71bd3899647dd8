/** How long a batch of passenger data may be kept, by the regime in force when it came. */
export interface BatchTerm {
  readonly regime: BatchRegime
  readonly hours: number
  /** From when: the moment it came in, or the departure of the flight. */
  readonly from: 'received' | 'departed'
  /** Hours added for those who did not board, 0: none. */
  readonly noShowHours: number
  readonly article: string
  /** As `domain.md` §2.1 flags the text. */
  readonly verified: boolean
}

export type BatchRegime = 'api-2004' | 'api-2025'

/**
 * API of Directive 2004/82/EC: deleted within 24 hours of transmission. API of Regulation (EU) 2025/12: 48 hours, and
 * 48 more for those who did not board, hence nothing past 96 hours after departure.
 */
export const BATCH_TERMS: Readonly<Record<BatchRegime, BatchTerm>> = {
  'api-2004': {
    regime: 'api-2004',
    hours: 24,
    from: 'received',
    noShowHours: 0,
    article: 'Dir 2004/82/EC 6(1)',
    verified: false,
  },
  'api-2025': {
    regime: 'api-2025',
    hours: 48,
    from: 'departed',
    noShowHours: 48,
    article: 'Reg (EU) 2025/12, domain.md §2.1',
    verified: true,
  },
}

const HOUR = 3_600_000

/** When a batch, or those of it who did not board, must be gone: ms since 1970. */
export function batchDue(
  regime: BatchRegime,
  at: { readonly received: number; readonly departed: number },
  noShow = false,
): number {
  const term = BATCH_TERMS[regime]
  const start = term.from === 'received' ? at.received : at.departed
  return start + (term.hours + (noShow ? term.noShowHours : 0)) * HOUR
}

/** Bounds on what an airline may send; past them a file is refused before it is read on. */
export const EDIFACT_LIMITS = {
  /** Bytes of one interchange, noise included. A full A380 in PNRGOV is below 2 MB. */
  bytes: 8 * 1024 * 1024,
  segments: 200_000,
  /** Characters of one segment; the history lines of PNRGOV (LTS) are the longest. */
  segmentLength: 16 * 1024,
  elements: 99,
  /** Components of one element, and repetitions of one. */
  components: 99,
  messages: 999,
  persons: 5_000,
  documents: 9,
  legs: 20,
  records: 5_000,
  /** Repairs listed one by one; a file that needs more is refused. */
  repairs: 1_000,
} as const

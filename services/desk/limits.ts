const DAY_MS = 86_400_000

/** Limits of one desk. */
export const DESK_LIMITS = {
  /** Between two looks at the exchange, ms. */
  collectMs: 10_000,
  /** A look so soon after another would tell nothing, ms. */
  restMs: 500,
  /** Pages of the inbox read in one look, and messages asked after. */
  pagesPerLook: 20,
  asksPerLook: 50,
  openMost: 1_000,
  /** Rows of a list. */
  listed: 200,
  /** Labels offered as evidence. */
  evidenceOffered: 50,
  /** Rows of an array that one form can hold. */
  rowsMost: 8,
  /** From this many fields on a form takes no other row: the server reads 200, and the largest row has 40. */
  fieldsMost: 130,
  chartDays: 14,
  /** What no term of its own says: as long as this, ms. */
  keptMs: 365 * DAY_MS,
  dayMs: DAY_MS,
} as const

/** One row of a code table of the register: ECRIS offences, sanctions. */
export interface CodeRow {
  readonly code: string
  readonly nl: string
  readonly en: string
  /** Somebody read the text that the row cites. */
  readonly verified: boolean
  /** `YYYY-MM-DD`, end exclusive. */
  readonly from: string
  readonly until: string
}

export interface CodeTables {
  readonly offences: readonly CodeRow[]
  readonly sanctions: readonly CodeRow[]
}

/** `unknown`: no row for this code on that day, nor for its category: whoever reads must look it up, not guess. */
export type CodeWords =
  | {
      readonly kind: 'known' | 'category'
      readonly nl: string
      readonly en: string
      readonly verified: boolean
    }
  | { readonly kind: 'unknown' }

/**
 * What a code meant on a day (`YYYY-MM-DD`). A subcode that is not in the table reads as its category (`1011 01` as `1011 00`) and
 * says so.
 */
export function codeWords(rows: readonly CodeRow[], code: string, day: string): CodeWords {
  const on = (wanted: string) => rows.find((row) => row.code === wanted && row.from <= day && day < row.until)
  const exact = on(code)
  if (exact) return { kind: 'known', nl: exact.nl, en: exact.en, verified: exact.verified }
  const category = on(`${code.slice(0, 4)} 00`)
  if (category) return { kind: 'category', nl: category.nl, en: category.en, verified: category.verified }
  return { kind: 'unknown' }
}

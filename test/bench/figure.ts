/** One measured figure, as `npm run bench -- --json` prints it, with what only people read beside it. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit: string
  /** What it is a ratio of, or the median or percentile of. */
  readonly of?: string
  /** What one such unit is spent on. */
  readonly per?: string
}

export interface Measured extends Figure {
  /** Spread and circumstances, for the table. */
  readonly note: string
}

/** How much work a measurement does; tests run all of it with tiny numbers. */
export interface Effort {
  readonly decideRounds: number
  readonly pipelineRounds: number
  readonly pipelineBatch: number
  readonly handoffs: number
  readonly alerts: number
  readonly bulkInFlight: number
  readonly replayMessages: number
  readonly ledgerOutcomes: number
  readonly proofs: number
  readonly shareRounds: number
  readonly shareMessages: number
  readonly screenEntries: number
  readonly screenFlights: number
  /** Hand-offs after which resident memory is read. */
  readonly memoryAfter: readonly number[]
}

export type Progress = (text: string) => void

/** `q` in 0..1, nearest rank. Throws on an empty list: a figure of nothing is no figure. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const found = sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))]
  if (found === undefined) throw new Error('no measurements')
  return found
}

export const median = (values: readonly number[]): number => quantile(values, 0.5)

export function rounded(value: number, digits = 3): number {
  return Number(value.toPrecision(digits))
}

/** Median and the middle half, as people read it. */
export function spread(values: readonly number[], unit: string): string {
  const [low, high] = [quantile(values, 0.25), quantile(values, 0.75)]
  return `middle half ${rounded(low)}–${rounded(high)} ${unit}, n = ${values.length}`
}

/** Wrong codes that this hotline bears before it answers nobody for a while. */
export const GUESS_LIMITS = { wrong: 20, windowMs: 10 * 60_000 } as const

export interface GuessLimit {
  /** Whether a code may be looked up now. */
  mayTry(): boolean
  wrong(): void
}

/**
 * Counts wrong codes over everybody: per address would ask us to keep addresses. At twenty in ten minutes nobody
 * finds one of 110 bits; the price is that a flood of guesses shuts out reporters for as long as it lasts.
 */
export function guessLimit(now: () => number): GuessLimit {
  let times: readonly number[] = []
  const recent = (): readonly number[] => times.filter((at) => at > now() - GUESS_LIMITS.windowMs)
  return {
    mayTry: () => recent().length < GUESS_LIMITS.wrong,
    wrong: () => {
      times = [...recent(), now()]
    },
  }
}

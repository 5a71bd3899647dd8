const RETAIN = /^retain:([1-9][0-9]{0,5})d$/

export const isRetention = (obligation: string): boolean => RETAIN.test(obligation)

/** Days of the shortest `retain:<days>d` among the obligations; undefined when there is none. */
export function shortestRetention(obligations: readonly string[]): number | undefined {
  const days = obligations.filter(isRetention).map((obligation) => Number(RETAIN.exec(obligation)?.[1]))
  return days.length === 0 ? undefined : Math.min(...days)
}

export interface ShareMember {
  readonly id: string
  /** What it works on now, as it says itself. */
  readonly held: readonly number[]
}

/**
 * Partitions 0..`count` − 1 over the members of a group: as even as can be, each keeping what it has as far as its part goes, so that a
 * member that comes or goes moves no more than must be. The same members give the same answer, in whatever order they are listed.
 */
export function assignShares(
  members: readonly ShareMember[],
  count: number,
): ReadonlyMap<string, readonly number[]> {
  const sorted = [...members].sort((a, b) => (a.id < b.id ? -1 : 1))
  const free = new Set(Array.from({ length: count }, (_, partition) => partition))
  const least = Math.floor(count / Math.max(1, sorted.length))
  let larger = sorted.length === 0 ? 0 : count % sorted.length
  const keep = (held: readonly number[], most: number): number[] => {
    const kept = [...new Set(held)].filter((partition) => free.has(partition)).slice(0, most)
    for (const partition of kept) free.delete(partition)
    return kept
  }
  const shares = sorted.map(({ id, held }) => ({ id, held, own: keep(held, least) }))
  // The larger parts go to those who hold more than the smaller one.
  for (const share of shares) {
    if (larger === 0) break
    const more = keep(share.held, 1)
    share.own.push(...more)
    larger -= more.length
  }
  const rest = [...free]
  for (const share of shares) {
    const wanted = least - share.own.length
    if (wanted > 0) share.own.push(...rest.splice(0, wanted))
  }
  for (const share of shares) {
    if (share.own.length <= least) share.own.push(...rest.splice(0, 1))
  }
  return new Map(shares.map(({ id, own }) => [id, own.sort((a, b) => a - b)]))
}

const WALL = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d))?$/
const PARTS = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'Europe/Amsterdam',
  hourCycle: 'h23',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
})

/** Dutch wall time of an instant, as if it were UTC, ms. */
function wallOf(ms: number): number {
  const part = new Map(PARTS.formatToParts(ms).map(({ type, value }) => [type, Number(value)]))
  const at = (name: Intl.DateTimeFormatPartTypes) => part.get(name) ?? 0
  return Date.UTC(at('year'), at('month') - 1, at('day'), at('hour'), at('minute'), at('second'))
}

/**
 * What somebody typed as Dutch time (`2026-11-24T12:30`) as RFC 3339 in UTC. undefined for what is no time, and for the hour that
 * the clocks skip in spring; of the hour that comes twice in autumn it is the first.
 */
export function fromDutchTime(text: string): string | undefined {
  const match = WALL.exec(text)
  if (!match) return undefined
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  const wanted = Date.UTC(year, month - 1, day, hour, minute, second)
  const back = new Date(wanted)
  if (
    back.getUTCMonth() !== month - 1 ||
    back.getUTCDate() !== day ||
    hour > 23 ||
    minute > 59 ||
    second > 59
  )
    return undefined
  for (const offset of [7_200_000, 3_600_000])
    if (wallOf(wanted - offset) === wanted)
      return new Date(wanted - offset).toISOString().replace('.000Z', 'Z')
  return undefined
}

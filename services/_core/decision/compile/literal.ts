import { CedarTime, type CedarValue, EntityUid } from '#core/ports/policy-engine.ts'

const TIME = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(?:Z|([+-])(\d{2})(\d{2})))?$/

/** Cedar's datetime (RFC 0080): a date, or a time with seconds and a zone; undefined for what is none. */
export function parseDatetime(text: string): CedarTime | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const part = (index: number) => Number(match[index] ?? 0)
  const [year, month, day, hour, minute, second] = [1, 2, 3, 4, 5, 6].map(part) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const date = new Date(0)
  date.setUTCFullYear(year, month - 1, day)
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  if (!real || hour > 23 || minute > 59 || second > 59 || part(9) > 23 || part(10) > 59) return undefined
  date.setUTCHours(hour, minute, second, part(7))
  const offset = (part(9) * 60 + part(10)) * 60_000
  return new CedarTime(date.getTime() - (match[8] === '-' ? -offset : offset))
}

/** A literal of Cedar's JSON; undefined for what is outside the subset. */
export function literal(json: unknown): CedarValue | undefined {
  if (typeof json === 'boolean' || typeof json === 'string') return json
  if (typeof json === 'number') return Number.isSafeInteger(json) ? json : undefined
  if (Array.isArray(json)) {
    const items = json.map(literal)
    return items.includes(undefined) ? undefined : (items as CedarValue[])
  }
  if (typeof json !== 'object' || json === null) return undefined
  const map = json as Readonly<Record<string, unknown>>
  if (Object.hasOwn(map, '__entity')) {
    const { type, id } = map['__entity'] as { type?: unknown; id?: unknown }
    return typeof type === 'string' && typeof id === 'string' ? new EntityUid(type, id) : undefined
  }
  if (Object.hasOwn(map, '__extn')) {
    const { fn, arg } = map['__extn'] as { fn?: unknown; arg?: unknown }
    return fn === 'datetime' && typeof arg === 'string' ? parseDatetime(arg) : undefined
  }
  const record: Record<string, CedarValue> = Object.create(null)
  for (const [name, item] of Object.entries(map)) {
    const value = literal(item)
    if (value === undefined) return undefined
    record[name] = value
  }
  return record
}

/**
 * Whether two values are the same once stored as JSON: what `canonicalizeStored(a) === canonicalizeStored(b)` says, without writing
 * either. Members that are undefined are absent. Entry: both are JSON values but for that; neither contains itself.
 */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && sameItems(a, b)
  return !Array.isArray(b) && sameMembers(a as Members, b as Members)
}

type Members = Readonly<Record<string, unknown>>

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index += 1) if (!sameJson(a[index], b[index])) return false
  return true
}

function sameMembers(a: Members, b: Members): boolean {
  let count = 0
  for (const name of Object.keys(a)) {
    const value = a[name]
    if (value === undefined) continue
    count += 1
    if (!Object.hasOwn(b, name) || !sameJson(value, b[name])) return false
  }
  for (const name of Object.keys(b)) if (b[name] !== undefined) count -= 1
  return count === 0
}

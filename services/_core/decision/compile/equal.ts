import { CedarTime, type CedarValue, EntityUid } from '#core/ports/policy-engine.ts'

export const isSet = (value: CedarValue): value is readonly CedarValue[] => Array.isArray(value)

export function isRecord(value: CedarValue): value is { readonly [name: string]: CedarValue } {
  return (
    typeof value === 'object' &&
    !Array.isArray(value) &&
    !(value instanceof EntityUid) &&
    !(value instanceof CedarTime)
  )
}

/** Cedar's `==`: by value, sets without order and repetition; values of different types differ. Never errs. */
export function equal(a: CedarValue, b: CedarValue): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return false
  if (a instanceof EntityUid) return b instanceof EntityUid && a.id === b.id && a.type === b.type
  if (a instanceof CedarTime) return b instanceof CedarTime && a.ms === b.ms
  if (b instanceof EntityUid || b instanceof CedarTime) return false
  if (isSet(a)) return isSet(b) && includesAll(a, b) && includesAll(b, a)
  if (isSet(b)) return false
  const names = Object.keys(a)
  if (names.length !== Object.keys(b).length) return false
  return names.every((name) => {
    const [left, right] = [a[name], Object.hasOwn(b, name) ? b[name] : undefined]
    return left !== undefined && right !== undefined && equal(left, right)
  })
}

/** Whether `set` has an element equal to `value`. */
export function includes(set: readonly CedarValue[], value: CedarValue): boolean {
  for (const item of set) if (equal(item, value)) return true
  return false
}

/** Whether every element of `some` is in `set`. */
export function includesAll(set: readonly CedarValue[], some: readonly CedarValue[]): boolean {
  return some.every((value) => includes(set, value))
}

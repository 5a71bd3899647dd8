import type { FactType } from './fact-type.ts'
import type { FactValue } from './verdict.ts'

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})$/
const DATE = /^\d{4}-\d{2}-\d{2}$/

/**
 * A value of the message or a register as a fact of the given type; undefined when it is absent or does not fit. Times are ms in
 * facts; in data they are RFC 3339 texts (a bare date = its start in UTC) or NumericDate seconds.
 */
export function asFact(type: FactType, value: unknown): FactValue | undefined {
  switch (type.kind) {
    case 'enum':
      return typeof value === 'string' ? value : undefined
    case 'set':
      return Array.isArray(value) ? asItems(type.of, value) : undefined
    case 'record':
      return undefined
    case 'primitive':
      if (type.name === 'datetime') return asTime(value)
      if (type.name === 'Boolean') return typeof value === 'boolean' ? value : undefined
      if (type.name === 'Long')
        return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
      return typeof value === 'string' ? value : undefined
  }
}

function asItems(of: FactType, items: readonly unknown[]): FactValue | undefined {
  const values = items.map((item) => asFact(of, item))
  return values.every((item) => typeof item === 'string') ? values : undefined
}

function asTime(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value * 1000) ? value * 1000 : undefined
  if (typeof value !== 'string' || !(INSTANT.test(value) || DATE.test(value))) return undefined
  const time = Date.parse(value)
  return Number.isNaN(time) ? undefined : time
}

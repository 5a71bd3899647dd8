import { fail } from '#core/failure.ts'
import { CedarTime, type CedarValue, EntityUid } from '#core/ports/policy-engine.ts'
import type { FactValue } from './verdict.ts'

/** Types of facts as in the Cedar schema: `Boolean`, `Long`, `String`, `datetime`, an enum, `Set<T>`, `{ name: T, other?: T }`. */
export type FactType =
  | { readonly kind: 'primitive'; readonly name: 'Boolean' | 'Long' | 'String' | 'datetime' }
  | { readonly kind: 'enum'; readonly name: string }
  | { readonly kind: 'set'; readonly of: FactType }
  | { readonly kind: 'record'; readonly fields: ReadonlyMap<string, { type: FactType; optional: boolean }> }

const TOKEN = /\s*([A-Za-z][A-Za-z0-9]*\??|[<>{}:,])/y
const PRIMITIVES = ['Boolean', 'Long', 'String', 'datetime'] as const

const PARSED = new Map<string, FactType>()

/** Reads the type text of a declaration; anything else throws `OPS_CONTROL`. Types are values, so equal texts share one. */
export function parseFactType(text: string, pointer: string): FactType {
  const known = PARSED.get(text)
  if (known) return known
  const tokens = tokenize(text, pointer)
  const type = readType(tokens, pointer)
  if (tokens.length > 0) fail('OPS_CONTROL', pointer, 'text after the type')
  PARSED.set(text, type)
  return type
}

function tokenize(text: string, pointer: string): string[] {
  const tokens: string[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.trimEnd().length) {
    const match = TOKEN.exec(text)
    if (!match?.[1]) return fail('OPS_CONTROL', pointer, 'not a type')
    tokens.push(match[1])
  }
  return tokens
}

function take(tokens: string[], expected: string, pointer: string): void {
  if (tokens.shift() !== expected) fail('OPS_CONTROL', pointer, `type: ${expected} expected`)
}

function readType(tokens: string[], pointer: string): FactType {
  const token = tokens.shift() ?? ''
  if (token === '{') return readRecord(tokens, pointer)
  if (token === 'Set') {
    take(tokens, '<', pointer)
    const of = readType(tokens, pointer)
    take(tokens, '>', pointer)
    return { kind: 'set', of }
  }
  const primitive = PRIMITIVES.find((name) => name === token)
  if (primitive) return { kind: 'primitive', name: primitive }
  if (/^[A-Z][A-Za-z0-9]*$/.test(token)) return { kind: 'enum', name: token }
  return fail('OPS_CONTROL', pointer, 'type: a name expected')
}

function readRecord(tokens: string[], pointer: string): FactType {
  const fields = new Map<string, { type: FactType; optional: boolean }>()
  while (tokens[0] !== '}') {
    if (fields.size > 0) take(tokens, ',', pointer)
    const name = tokens.shift() ?? ''
    const optional = name.endsWith('?')
    const bare = optional ? name.slice(0, -1) : name
    if (!/^[a-z][A-Za-z0-9]*$/.test(bare) || fields.has(bare))
      fail('OPS_CONTROL', pointer, 'type: a field expected')
    take(tokens, ':', pointer)
    fields.set(bare, { type: readType(tokens, pointer), optional })
  }
  tokens.shift()
  return { kind: 'record', fields }
}

/** The type as text of a Cedar schema. */
export function factTypeText(type: FactType): string {
  switch (type.kind) {
    case 'primitive':
      return type.name === 'Boolean' ? 'Bool' : type.name
    case 'enum':
      return type.name
    case 'set':
      return `Set<${factTypeText(type.of)}>`
    case 'record': {
      const fields = [...type.fields].map(([name, field]) => {
        return `${name}${field.optional ? '?' : ''}: ${factTypeText(field.type)}`
      })
      return `{ ${fields.join(', ')} }`
    }
  }
}

/** Times beyond this are no times of ours: Cedar's datetime takes years of four digits. */
const LATEST = Date.UTC(9999, 11, 31)

/** A time in ms as Cedar's datetime. Undefined for what is no time. */
export function cedarTime(ms: unknown): CedarTime | undefined {
  if (typeof ms !== 'number' || !Number.isInteger(ms) || ms < 0 || ms > LATEST) return undefined
  return new CedarTime(ms)
}

/** The value as one of Cedar; undefined when it does not fit its type (the caller answers RULE_ERROR). */
export function cedarValue(type: FactType, value: FactValue | undefined): CedarValue | undefined {
  switch (type.kind) {
    case 'enum':
      return typeof value === 'string' ? new EntityUid(type.name, value) : undefined
    case 'set':
      return Array.isArray(value) ? cedarItems(type.of, value as readonly FactValue[]) : undefined
    case 'record':
      return cedarRecord(type.fields, value)
    case 'primitive':
      if (type.name === 'datetime') return cedarTime(value)
      if (type.name === 'Boolean') return typeof value === 'boolean' ? value : undefined
      if (type.name === 'Long')
        return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
      return typeof value === 'string' ? value : undefined
  }
}

function cedarItems(of: FactType, items: readonly FactValue[]): CedarValue | undefined {
  const values: CedarValue[] = []
  for (const item of items) {
    const value = cedarValue(of, item)
    if (value === undefined) return undefined
    values.push(value)
  }
  return values
}

function cedarRecord(
  fields: ReadonlyMap<string, { type: FactType; optional: boolean }>,
  value: FactValue | undefined,
): CedarValue | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const given = value as Readonly<Record<string, FactValue>>
  // Names are those of declarations, which begin with a letter: none is special.
  const record: Record<string, CedarValue> = {}
  let required = 0
  for (const name of Object.keys(given)) {
    const field = fields.get(name)
    if (!field) return undefined
    const item = given[name]
    if (item === undefined && field.optional) continue
    const converted = cedarValue(field.type, item)
    if (converted === undefined) return undefined
    if (!field.optional) required += 1
    record[name] = converted
  }
  for (const { optional } of fields.values()) if (!optional) required -= 1
  if (required !== 0) return undefined
  return record
}

/** The part of Avro 1.12 that our record schemas use, as a tree with names resolved. */
import { fail } from '#core/failure.ts'

export type AvroPlan =
  | { readonly kind: 'null' | 'boolean' | 'int' | 'long' | 'string' | 'bytes' }
  | { readonly kind: 'fixed'; readonly size: number }
  | { readonly kind: 'enum'; readonly symbols: readonly string[] }
  | { readonly kind: 'array'; readonly items: AvroPlan }
  | { readonly kind: 'map'; readonly values: AvroPlan }
  | { readonly kind: 'union'; readonly branches: readonly AvroPlan[] }
  | {
      readonly kind: 'record'
      /** Value of the member `kind` that tells this branch of a union; a schema property of ours. */
      readonly tag: string | null
      readonly fields: readonly { readonly name: string; readonly plan: AvroPlan }[]
    }

type Json = Readonly<Record<string, unknown>>

/** Throws `OPS_REGISTRY` for a schema outside that part. Recursive types are outside. */
export function planOf(schemaText: string): AvroPlan {
  return plan(JSON.parse(schemaText) as unknown, new Map())
}

function plan(schema: unknown, named: Map<string, AvroPlan>): AvroPlan {
  if (Array.isArray(schema)) return { kind: 'union', branches: schema.map((branch) => plan(branch, named)) }
  if (typeof schema === 'string') return primitive(schema) ?? named.get(schema) ?? fail('OPS_REGISTRY')
  const node = schema as Json
  const made = complex(node, named)
  if (typeof node['name'] === 'string') named.set(node['name'], made)
  return made
}

function primitive(name: string): AvroPlan | undefined {
  switch (name) {
    case 'null':
    case 'boolean':
    case 'int':
    case 'long':
    case 'string':
    case 'bytes':
      return { kind: name }
  }
  return undefined
}

function complex(node: Json, named: Map<string, AvroPlan>): AvroPlan {
  const type = node['type']
  switch (type) {
    case 'fixed':
      return { kind: 'fixed', size: node['size'] as number }
    case 'enum':
      return { kind: 'enum', symbols: node['symbols'] as readonly string[] }
    case 'array':
      return { kind: 'array', items: plan(node['items'], named) }
    case 'map':
      return { kind: 'map', values: plan(node['values'], named) }
    case 'record': {
      const fields = node['fields'] as readonly Json[]
      return {
        kind: 'record',
        tag: typeof node['kind'] === 'string' ? node['kind'] : null,
        fields: fields.map((field) => ({ name: field['name'] as string, plan: plan(field['type'], named) })),
      }
    }
  }
  return plan(type, named)
}

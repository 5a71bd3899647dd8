import { fail } from '#core/failure.ts'

/** A parsed JSON value with the place it came from: every reader throws `OPS_CONTROL` with path and JSON pointer. */
export interface Node {
  readonly path: string
  readonly value: unknown
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function readText(path: string, bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes)
  } catch {
    return fail('OPS_CONTROL', path, 'not UTF-8')
  }
}

/** The root of a control artefact. A member given twice is refused: which one holds would be the parser's choice. */
export function readJson(path: string, bytes: Uint8Array): Node {
  const text = readText(path, bytes)
  try {
    const value: unknown = JSON.parse(text)
    if (countMembers(value) !== countKeys(text)) fail('OPS_CONTROL', path, 'a member is given twice')
    return { path: `${path}#`, value }
  } catch (error) {
    if (error instanceof SyntaxError) return fail('OPS_CONTROL', path, 'not JSON')
    throw error
  }
}

function countMembers(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + countMembers(item), 0)
  if (typeof value !== 'object' || value === null) return 0
  const items = Object.values(value)
  return items.reduce<number>((sum, item) => sum + countMembers(item), items.length)
}

/** Names in valid JSON text: strings that a colon follows. */
function countKeys(text: string): number {
  return (text.match(/"(?:[^"\\]|\\.)*"\s*:?/g) ?? []).filter((token) => token.endsWith(':')).length
}

export function bad(node: Node, detail: string): never {
  return fail('OPS_CONTROL', node.path, detail)
}

/** An object with exactly these members: unknown ones are refused, `optional` ones may be absent. */
export function members(
  node: Node,
  required: readonly string[],
  optional: readonly string[] = [],
): Map<string, Node> {
  const all = openMembers(node)
  for (const name of required) if (!all.has(name)) bad(node, `member ${name} is missing`)
  for (const name of all.keys()) {
    if (!required.includes(name) && !optional.includes(name)) bad(node, `member ${name} is unknown`)
  }
  return all
}

/** An object with any members. */
export function openMembers(node: Node): Map<string, Node> {
  const { value } = node
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bad(node, 'not an object')
  const entries = Object.entries(value)
  return new Map(
    entries.map(([name, item]) => [name, { path: `${node.path}/${pointerToken(name)}`, value: item }]),
  )
}

const pointerToken = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1')

export function at(map: ReadonlyMap<string, Node>, name: string): Node {
  return map.get(name) ?? { path: name, value: undefined }
}

export function list(node: Node): readonly Node[] {
  if (!Array.isArray(node.value)) return bad(node, 'not an array')
  return node.value.map((value: unknown, index) => ({ path: `${node.path}/${index}`, value }))
}

export function text(node: Node): string {
  if (typeof node.value !== 'string' || node.value === '') return bad(node, 'not a text')
  return node.value
}

export const texts = (node: Node): readonly string[] => list(node).map(text)

export function textOrNull(node: Node): string | null {
  return node.value === null ? null : text(node)
}

export function flag(node: Node): boolean {
  if (typeof node.value !== 'boolean') return bad(node, 'not true or false')
  return node.value
}

export function oneOf<T extends string>(node: Node, allowed: readonly T[]): T {
  const found = allowed.find((item) => item === node.value)
  return found ?? bad(node, `not one of ${allowed.join(', ')}`)
}

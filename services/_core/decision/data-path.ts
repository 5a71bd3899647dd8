import type { Verified } from '#core/message/content.ts'

/** Follows `a.b.c` through plain objects; undefined where it ends. Own members only: a name can reach no prototype. */
export function atPath(value: unknown, path: readonly string[]): unknown {
  let found = value
  for (const name of path) {
    if (typeof found !== 'object' || found === null || Array.isArray(found) || !Object.hasOwn(found, name))
      return undefined
    found = (found as Readonly<Record<string, unknown>>)[name]
  }
  return found ?? undefined
}

interface Read {
  readonly message: Verified | null
}

/** A text in the message's data; undefined for anything else. */
export function textAt({ message }: Read, path: readonly string[]): string | undefined {
  const value = message === null ? undefined : atPath(message.data, path)
  return typeof value === 'string' ? value : undefined
}

/** An instant in the message's data, ms; undefined for what is none. */
export function instantAt(read: Read, path: readonly string[]): number | undefined {
  const time = Date.parse(textAt(read, path) ?? '')
  return Number.isNaN(time) ? undefined : time
}

const ROOTS = ['data', 'context', 'toExchange'] as const

/** Whether the text is a path into a message that a fact may be claimed from. */
export function isMessagePath(path: string): boolean {
  const [root, ...rest] = path.split('.')
  return (
    ROOTS.some((name) => name === root) &&
    rest.length > 0 &&
    rest.every((name) => /^[a-zA-Z][a-zA-Z0-9]*$/.test(name))
  )
}

/** `data.…`, `context.…` or `toExchange.…` of a verified message. */
export function messageAt(message: Verified, path: string): unknown {
  const [root, ...rest] = path.split('.')
  switch (root) {
    case 'data':
      return atPath(message.data, rest)
    case 'context':
      return atPath(message.context, rest)
    case 'toExchange':
      return atPath(message.toExchange, rest)
    default:
      return undefined
  }
}

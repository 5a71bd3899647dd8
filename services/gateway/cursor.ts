import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import type { ViewCursor } from '#core/ports/view.ts'

const NUMBER = /^(?:0|[1-9][0-9]{0,14})$/

export const CURSOR_START: ViewCursor = Array.from({ length: LIMITS.partitions }, () => 0)

export function formatCursor(cursor: ViewCursor): string {
  return cursor.join('.')
}

/** Opaque to partners; strict, because it comes back from outside. Throws `MSG_CLAIM`. */
export function parseCursor(text: string, pointer: string): ViewCursor {
  const parts = text.split('.')
  if (parts.length !== LIMITS.partitions || !parts.every((part) => NUMBER.test(part)))
    fail('MSG_CLAIM', pointer)
  return parts.map(Number)
}

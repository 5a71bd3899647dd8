import { FAILURES } from '#core/failure-table.ts'

/** A code of docs/errors.md in words, and what to do next; a code that this version does not know stands for itself. */
export function failureWords(code: string): {
  readonly nl: string
  readonly en: string
  readonly next: string
} {
  const known = Object.entries(FAILURES).find(([name]) => name === code)
  return known?.[1] ?? { nl: code, en: code, next: '' }
}

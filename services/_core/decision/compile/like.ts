import { fail } from '#core/failure.ts'

/** Parts of a pattern: a literal text, or undefined for `*`. */
export type Pattern = readonly (string | undefined)[]

/** Cedar's JSON of a pattern: `"Wildcard"` or `{"Literal": text}`, in order. */
export function readPattern(json: unknown): Pattern {
  if (!Array.isArray(json)) return fail('OPS_CONTROL', undefined, 'not a pattern')
  return json.map((part) => {
    if (part === 'Wildcard') return undefined
    const text = typeof part === 'object' && part !== null ? part.Literal : undefined
    return typeof text === 'string' ? text : fail('OPS_CONTROL', undefined, 'not a part of a pattern')
  })
}

/** Whole text against the pattern, without backtracking further than the last `*`. */
export function matchLike(text: string, pattern: Pattern): boolean {
  const characters = [...text]
  const wanted = pattern.flatMap((part) => (part === undefined ? [undefined] : [...part]))
  let at = 0
  let star = -1
  let from = 0
  for (let i = 0; i < characters.length; ) {
    if (at < wanted.length && wanted[at] === undefined) {
      star = at
      at += 1
      from = i
    } else if (at < wanted.length && wanted[at] === characters[i]) {
      at += 1
      i += 1
    } else if (star >= 0) {
      at = star + 1
      from += 1
      i = from
    } else return false
  }
  return wanted.slice(at).every((part) => part === undefined)
}

import { consonantsOf } from './fold.ts'

const LONGEST = 64
const ROWS = [new Uint8Array(LONGEST + 1), new Uint8Array(LONGEST + 1), new Uint8Array(LONGEST + 1)] as const

/**
 * Edits between two words: insertion, deletion, substitution, swap of neighbours (optimal string alignment). Stops at
 * `most` + 1. Words past 64 letters are cut.
 */
export function editDistance(left: string, right: string, most: number): number {
  const [a, b] = [left.slice(0, LONGEST), right.slice(0, LONGEST)]
  if (Math.abs(a.length - b.length) > most) return most + 1
  let [before, last, next] = ROWS as readonly [Uint8Array, Uint8Array, Uint8Array]
  for (let j = 0; j <= b.length; j += 1) last[j] = j
  for (let i = 1; i <= a.length; i += 1) {
    next[0] = i
    let low = i
    const letter = a.charCodeAt(i - 1)
    for (let j = 1; j <= b.length; j += 1) {
      const other = b.charCodeAt(j - 1)
      const diagonal = (last[j - 1] ?? 0) + (letter === other ? 0 : 1)
      let best = Math.min(diagonal, (last[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1)
      if (i > 1 && j > 1 && letter === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === other)
        best = Math.min(best, (before[j - 2] ?? 0) + 1)
      next[j] = best
      if (best < low) low = best
    }
    if (low > most) return most + 1
    ;[before, last, next] = [last, next, before]
  }
  return Math.min(last[b.length] ?? 0, most + 1)
}

/** Below this two words are different words. */
export const SIMILAR = 0.7

/** What the same consonants in the same order are worth, whatever the vowels. */
export const SAME_CONSONANTS = 0.85

/** How alike two folded words are by edits alone, 0 to 1; below `SIMILAR` it is 0. */
export function byEdits(left: string, right: string): number {
  if (left === right) return 1
  const longest = Math.max(left.length, right.length)
  const most = Math.floor(longest * (1 - SIMILAR) + 1e-9)
  const distance = most > 0 ? editDistance(left, right, most) : most + 1
  return distance > most ? 0 : 1 - distance / longest
}

/** How alike two folded words are, by edits or by their consonants. Symmetric; 1 exactly for equal words. */
export function similarity(left: string, right: string): number {
  const edits = byEdits(left, right)
  if (edits >= SAME_CONSONANTS) return edits
  const consonants = consonantsOf(left)
  return consonants !== '' && consonants === consonantsOf(right) ? SAME_CONSONANTS : edits
}

import { fold } from './fold.ts'
import type { PersonName } from './person.ts'
import { romanise } from './romanise.ts'

/** Which part of the name a word stands in; `GLUED` words join all words of a part, to meet who writes them so. */
export const SURNAME = 1
export const GIVEN = 2
export const GLUED = 4

export interface NameWord {
  /** Folded. */
  readonly text: string
  readonly role: number
}

const MOST_WORDS = 8

/** Words of one part of a name, which `role` is; at most 8, and all of them glued. */
export function partWords(part: string, role: number): readonly NameWord[] {
  const romanised = romanise(part).slice(0, MOST_WORDS)
  const words = romanised.map((word) => ({ text: fold(word), role }))
  if (romanised.length > 1) words.push({ text: fold(romanised.join('')), role: role | GLUED })
  return words.filter(({ text }) => text !== '')
}

/** Words of a name as they are compared. */
export function nameWords(name: PersonName): readonly NameWord[] {
  return [...partWords(name.surname, SURNAME), ...partWords(name.given, GIVEN)]
}

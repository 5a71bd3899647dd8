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

function wordsOf(part: string, role: number, into: NameWord[]): void {
  const romanised = romanise(part).slice(0, MOST_WORDS)
  for (const word of romanised) into.push({ text: fold(word), role })
  if (romanised.length > 1) into.push({ text: fold(romanised.join('')), role: role | GLUED })
}

/** Words of a name as they are compared; at most 8 of each part. */
export function nameWords(name: PersonName): readonly NameWord[] {
  const words: NameWord[] = []
  wordsOf(name.surname, SURNAME, words)
  wordsOf(name.given, GIVEN, words)
  return words.filter(({ text }) => text !== '')
}

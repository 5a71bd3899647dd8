import { consonantsOf } from './fold.ts'
import { byEdits, SAME_CONSONANTS, SIMILAR } from './similarity.ts'
import { hashText, SortedKeys } from './sorted-keys.ts'

const DELETES = 1
const CONSONANTS = 2
/** Letters of a word that are looked at for near words; longer ones differ before that or hardly at all. */
const NEAR_LETTERS = 14

/** Shapes that OCR takes for each other and that are two edits apart, as they stand after `fold`. */
const CONFUSED: readonly (readonly [string, string])[] = [
  ['RN', 'M'],
  ['M', 'RN'],
  ['KL', 'D'],
  ['D', 'KL'],
]
const BY_CONFUSION = 0.9

function forEachDelete(word: string, each: (hash: number) => void): void {
  each(hashText(word, DELETES, NEAR_LETTERS))
  const near = Math.min(word.length, NEAR_LETTERS)
  if (near < 4) return
  for (let index = 0; index < near; index += 1) each(hashText(word, DELETES, NEAR_LETTERS, index))
}

/** All words of a list, and which of them are near a given one: one edit away, or with the same consonants. */
export class Vocabulary {
  readonly #ids = new Map<string, number>()
  readonly #words: string[] = []
  readonly #keys = new SortedKeys()

  get size(): number {
    return this.#words.length
  }

  word(id: number): string {
    return this.#words[id] ?? ''
  }

  get keyBytes(): number {
    return this.#keys.bytes
  }

  /** The id of a folded word, a new one when it is new. No call after `seal`. */
  idOf(word: string): number {
    const known = this.#ids.get(word)
    if (known !== undefined) return known
    const id = this.#words.length
    this.#ids.set(word, id)
    this.#words.push(word)
    forEachDelete(word, (hash) => this.#keys.add(hash, id))
    const consonants = consonantsOf(word)
    if (consonants !== '') this.#keys.add(hashText(consonants, CONSONANTS), id)
    return id
  }

  seal(): void {
    this.#keys.seal()
  }

  /** Ids of the words that are near `word`, with their similarity. */
  near(word: string): ReadonlyMap<number, number> {
    const found = new Map<number, number>()
    const consonants = consonantsOf(word)
    if (consonants !== '')
      this.#keys.forEach(hashText(consonants, CONSONANTS), (id) => {
        if (consonantsOf(this.#words[id] ?? '') === consonants) found.set(id, SAME_CONSONANTS)
      })
    const tried = new Set<number>()
    forEachDelete(word, (hash) =>
      this.#keys.forEach(hash, (id) => {
        if (tried.has(id)) return
        tried.add(id)
        const alike = byEdits(word, this.#words[id] ?? '')
        if (alike >= SIMILAR && alike > (found.get(id) ?? 0)) found.set(id, alike)
      }),
    )
    for (const [seen, meant] of CONFUSED) {
      const id = word.includes(seen) ? this.#ids.get(word.replace(seen, meant)) : undefined
      if (id !== undefined && (found.get(id) ?? 0) < BY_CONFUSION) found.set(id, BY_CONFUSION)
    }
    return found
  }
}

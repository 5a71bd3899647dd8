import { ARABIC, CYRILLIC, GREEK, GREEK_PAIRS, LATIN } from './script-tables.ts'

const MARKS = /\p{M}+/gu
const ARABIC_WORD = /^[\u0600-\u06ff]+$/
const ARTICLE = /^ال(?=.{3})/

function greekPairs(word: string): string {
  return word.replace(/ΑΥ|ΕΥ|ΗΥ|ΟΥ|ΓΓ|ΓΞ|ΓΧ/g, (pair) => GREEK_PAIRS.get(pair) ?? pair)
}

/** Waw and yeh carry a vowel unless they begin the word. */
function arabicLetter(letter: string, index: number): string | undefined {
  if (index > 0 && letter === 'و') return 'U'
  if (index > 0 && (letter === 'ي' || letter === 'ی')) return 'I'
  return ARABIC.get(letter)
}

/** One word in A–Z; letters without a table stay what they are. */
function romaniseWord(word: string): string {
  let result = ''
  const arabic = ARABIC_WORD.test(word)
  for (const [index, letter] of [...greekPairs(word)].entries()) {
    const known = arabic
      ? arabicLetter(letter, index)
      : (CYRILLIC.get(letter) ?? GREEK.get(letter) ?? LATIN.get(letter))
    result += known ?? letter
  }
  return result
}

/** Nothing to romanise: nearly all that airlines send. */
const PLAIN = /^[A-Za-z0-9 -]*$/

/** Letters with a mark that has a meaning of its own, composed before marks are dropped. */
const KEPT_MARKS = /[ÄÅÖÜЙЁЇЎЃЌ]/u

function withoutMarks(text: string): string {
  return [...text]
    .map((letter) => (KEPT_MARKS.test(letter) ? letter : letter.normalize('NFD').replace(MARKS, '')))
    .join('')
}

/**
 * A name in capital letters A–Z, word by word: split at whatever is no letter, but at no apostrophe, and at the Arabic
 * article. Digits stay: `fold` reads them as what OCR saw. Total and the same for every spelling Unicode holds equal.
 */
export function romanise(name: string): readonly string[] {
  if (PLAIN.test(name))
    return name
      .toUpperCase()
      .split(/[ -]+/)
      .filter((word) => word !== '')
  const upper = name
    .normalize('NFKC')
    .toUpperCase()
    .replace(/['’`ʼ]/gu, '')
  // Marks before words are split: an Arabic vowel sign stands inside a word.
  return withoutMarks(upper.normalize('NFC'))
    .replace(/\u0640/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .flatMap((word) => (ARTICLE.test(word) ? ['ال', word.slice(2)] : [word]))
    .map(romaniseWord)
    .filter((word) => word !== '')
}

/** What OCR makes of letters: no name has digits. */
const DIGITS: Readonly<Record<string, string>> = {
  '0': 'O',
  '1': 'I',
  '2': 'Z',
  '3': 'B',
  '4': 'A',
  '5': 'S',
  '6': 'G',
  '7': 'T',
  '8': 'B',
  '9': 'G',
}

/**
 * Spellings that romanisations and languages change for one sound, longest first. `c` is the sound of *church*: a letter
 * of its own, that later rows leave alone.
 */
const SOUNDS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    SHCH: 'S',
    SZCZ: 'S',
    TSCH: 'c',
    SCH: 'S',
    TCH: 'c',
    DJ: 'J',
    SH: 'S',
    SZ: 'S',
    CZ: 'c',
    CH: 'c',
    KH: 'H',
    ZH: 'Z',
    GH: 'G',
    PH: 'F',
    TH: 'T',
    DH: 'D',
    BH: 'B',
    RH: 'R',
    DZ: 'D',
    TS: 'Z',
    TZ: 'Z',
    CK: 'K',
    QU: 'K',
    IJ: 'I',
    AE: 'A',
    OE: 'O',
    UE: 'U',
    AA: 'A',
    OU: 'U',
    OO: 'U',
    EE: 'I',
    IE: 'I',
    Q: 'K',
    X: 'KS',
    W: 'V',
    Y: 'I',
    J: 'I',
  }),
)
const SOUND = new RegExp([...SOUNDS.keys()].join('|'), 'g')

/**
 * A romanised word as it is compared: one spelling per sound, no doubled letters, no silent last H. The same word gives
 * the same result whatever the romanisation was, as far as a table can tell; what is left is `similarity`'s work.
 */
export function fold(word: string): string {
  const letters = word.replace(/\d/g, (digit) => DIGITS[digit] ?? digit)
  const sounds = letters
    .replace(SOUND, (spelling) => SOUNDS.get(spelling) ?? spelling)
    .replace(/C(?=[EI])/g, 'S')
    .replaceAll('C', 'K')
    .replace(/(.)\1+/gu, '$1')
  return sounds.length > 3 && sounds.endsWith('H') ? sounds.slice(0, -1) : sounds
}

/**
 * What a folded word keeps when vowels are written at will or not at all; a first vowel is any vowel. Empty when too
 * little is left to mean anything: two names in a hundred share two consonants.
 */
export function consonantsOf(folded: string): string {
  const rest = folded.slice(1).replace(/[AEIOU]/g, '')
  const first = /^[AEIOU]/.test(folded) ? '*' : folded.slice(0, 1)
  return rest.length < 2 ? '' : (first + rest).replace(/(.)\1+/gu, '$1')
}

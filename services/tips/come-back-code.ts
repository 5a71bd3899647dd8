import { createHash } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U, so that nothing read aloud or copied by hand is mistaken. */
const LETTERS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const RANDOM_BYTES = 14
const BODY_LENGTH = 22
const CODE_LENGTH = 24
const GROUP = 4
/** Largest prime below 32²: one wrong letter, or two neighbours exchanged, always changes the remainder. */
const CHECK_MODULUS = 1021n

/** Random bytes a code is made of: 14, of which 110 bits count. */
export const CODE_BYTES = RANDOM_BYTES

/**
 * The code with which a reporter comes back: 110 random bits and two check letters, in six groups of four. `random`: exactly
 * `CODE_BYTES` bytes from a cryptographic source, else `RangeError`. It is shown once; only `hashOfCode` of it is kept.
 */
export function makeCode(random: Uint8Array): string {
  if (random.length !== RANDOM_BYTES) throw new RangeError('a code takes 14 random bytes')
  const bits =
    BigInt(`0x${Buffer.from(random).toString('hex')}`) >> BigInt(RANDOM_BYTES * 8 - BODY_LENGTH * 5)
  const body = lettersOf(bits, BODY_LENGTH)
  const whole = body + lettersOf(bits % CHECK_MODULUS, CODE_LENGTH - BODY_LENGTH)
  return (whole.match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join('-')
}

/**
 * What somebody typed, as the code's 24 letters; undefined when it cannot be one. Case, blanks and dashes do not count, and O, I
 * and L are read as the digits they look like. A mistyped code is refused here, before any look-up, so it costs no guess.
 */
export function readCode(typed: string): string | undefined {
  if (typed.length > 100) return undefined
  const letters = typed.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')
  if (letters.length !== CODE_LENGTH) return undefined
  const bits = bitsOf(letters.slice(0, BODY_LENGTH))
  const check = bitsOf(letters.slice(BODY_LENGTH))
  if (bits === undefined || check === undefined) return undefined
  return bits % CHECK_MODULUS === check ? letters : undefined
}

/** What is kept of a code that `readCode` answered. 110 random bits need no slow hash. */
export const hashOfCode = (letters: string): string =>
  createHash('sha256').update(`schakel-tips-code:${letters}`).digest('base64url')

function lettersOf(value: bigint, length: number): string {
  let rest = value
  let text = ''
  for (let at = 0; at < length; at += 1) {
    text = (LETTERS[Number(rest % 32n)] ?? '') + text
    rest /= 32n
  }
  return text
}

function bitsOf(letters: string): bigint | undefined {
  let bits = 0n
  for (const letter of letters) {
    const at = LETTERS.indexOf(letter)
    if (at < 0) return undefined
    bits = bits * 32n + BigInt(at)
  }
  return bits
}

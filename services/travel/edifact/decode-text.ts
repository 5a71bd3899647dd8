import { type Position, refuse } from './refusal.ts'
import type { RepairList } from './repair-list.ts'

/** How the bytes of values are read, after the syntax identifier of UNB (ISO 9735-1, annex D 0001). */
export type Charset = 'upper' | 'ascii' | 'latin-1' | 'utf-8'

const CHARSETS: Readonly<Record<string, Charset>> = {
  UNOA: 'upper',
  UNOB: 'ascii',
  IATA: 'ascii',
  UNOC: 'latin-1',
  UNOW: 'utf-8',
  UNOY: 'utf-8',
}

/** Throws `EDI_CHARSET` for an identifier that is not in the list. */
export function charsetOf(identifier: string, at: Position): Charset {
  return CHARSETS[identifier] ?? refuse('EDI_CHARSET', at)
}

const UPPER = /^[A-Z0-9 .,\-()/='+:?!"%&*;<>]*$/
const ASCII = /^[\x20-\x7e]*$/
const C1 = /[\x80-\x9f]/
const strict = new TextDecoder('utf-8', { fatal: true })

function asUtf8(raw: string): string | undefined {
  try {
    return strict.decode(Buffer.from(raw, 'latin1'))
  } catch {
    return undefined
  }
}

/**
 * A value (one character per byte) as text. What is outside the declared repertoire is kept and noted: names with
 * small or accented letters are sent as UNOA every day. Throws `EDI_CHARACTER` for bytes that are no text at all.
 */
export function decodeText(raw: string, charset: Charset, at: Position, repairs: RepairList): string {
  if (ASCII.test(raw)) {
    if (charset === 'upper' && !UPPER.test(raw)) repairs.note('outside-repertoire', at)
    return raw
  }
  if (charset === 'utf-8') return asUtf8(raw) ?? refuse('EDI_CHARACTER', at)
  if (charset === 'latin-1' && !C1.test(raw)) return raw
  const utf8 = asUtf8(raw)
  if (utf8 !== undefined) {
    repairs.note('undeclared-utf-8', at)
    return utf8
  }
  if (C1.test(raw)) return refuse('EDI_CHARACTER', at)
  repairs.note('undeclared-latin-1', at)
  return raw
}

/** Where something stands in an interchange. */
export interface Position {
  /** 1 is UNB; 0 where no segment could be told. */
  readonly segment: number
  /** Tag of that segment; empty where it has none. */
  readonly tag: string
  /** Byte in the file as it arrived, 0 is the first. */
  readonly offset: number
}

/** Why a file or message is refused. Texts for the desk, Dutch and English. */
export const REFUSALS = {
  EDI_SIZE: { en: 'larger than agreed', nl: 'groter dan afgesproken' },
  EDI_NO_INTERCHANGE: { en: 'no UNB found', nl: 'geen UNB gevonden' },
  EDI_SECOND_INTERCHANGE: {
    en: 'a second interchange in one file',
    nl: 'een tweede interchange in één bestand',
  },
  EDI_SERVICE_CHARACTERS: {
    en: 'service characters of UNA are not six usable characters',
    nl: 'de servicetekens in UNA zijn niet bruikbaar',
  },
  EDI_CHARSET: { en: 'syntax identifier not supported', nl: 'syntax-aanduiding wordt niet ondersteund' },
  EDI_CHARACTER: { en: 'bytes that are no text in the declared charset', nl: 'bytes die geen tekst zijn' },
  EDI_TAG: { en: 'no segment of this message', nl: 'geen segment van dit bericht' },
  EDI_ORDER: { en: 'segment out of place', nl: 'segment staat niet op zijn plaats' },
  EDI_TRUNCATED: { en: 'the file ends too early', nl: 'het bestand houdt te vroeg op' },
  EDI_REFERENCE: { en: 'header and trailer name different references', nl: 'kop en staart verschillen' },
  EDI_COUNT: { en: 'a count does not agree', nl: 'een telling klopt niet' },
  EDI_MESSAGE_TYPE: { en: 'another message than asked for', nl: 'een ander bericht dan verwacht' },
  EDI_VALUE: { en: 'a value that cannot be read', nl: 'een onleesbare waarde' },
  EDI_MANGLED: { en: 'too many repairs needed', nl: 'te veel herstel nodig' },
} as const satisfies Record<string, { readonly en: string; readonly nl: string }>

export type RefusalCode = keyof typeof REFUSALS

/** A file or message that is not read on. Names segment number, tag and byte offset; never a value from the file. */
export class EdifactRefusal extends Error {
  readonly code: RefusalCode
  readonly at: Position

  constructor(code: RefusalCode, at: Position) {
    super(`${code}: ${REFUSALS[code].en} (segment ${at.segment}${at.tag && ` ${at.tag}`}, byte ${at.offset})`)
    this.name = 'EdifactRefusal'
    this.code = code
    this.at = at
  }
}

export function refuse(code: RefusalCode, at: Position): never {
  throw new EdifactRefusal(code, at)
}

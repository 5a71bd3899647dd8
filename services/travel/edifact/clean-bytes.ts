import { EDIFACT_LIMITS } from './limits.ts'
import { refuse } from './refusal.ts'
import type { RepairList } from './repair-list.ts'
import { DEFAULT_SERVICE, readServiceCharacters, type ServiceCharacters } from './service-characters.ts'

/** An interchange without control characters, with the way back to the bytes as they arrived. */
export interface CleanBytes {
  /** One character per byte. */
  readonly text: string
  /** Offset in the file of each character. */
  readonly offsets: Uint32Array
  readonly service: ServiceCharacters
  /** Where `UNB` stands in `text`. */
  readonly start: number
}

const WITH_UNA = /UNA([\s\S]{6}) *(?=UNB)/
const WITHOUT_UNA = /UNB\+(?=UNO[A-Z]|IATA)/
const isBreak = (byte: number): boolean => byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x0c

/**
 * Leaves out line breaks and control characters (mail and telex gateways fold lines at any character and add STX,
 * ETX and form feeds) and finds the start. Throws `EDI_SIZE`, `EDI_NO_INTERCHANGE`, `EDI_SERVICE_CHARACTERS`.
 */
export function cleanBytes(bytes: Uint8Array, repairs: RepairList): CleanBytes {
  if (bytes.length > EDIFACT_LIMITS.bytes)
    refuse('EDI_SIZE', { segment: 0, tag: '', offset: EDIFACT_LIMITS.bytes })
  const kept = new Uint8Array(bytes.length)
  const offsets = new Uint32Array(bytes.length)
  let length = 0
  for (const [offset, byte] of bytes.entries()) {
    if (byte < 0x20 || byte === 0x7f) {
      if (!isBreak(byte)) repairs.note('control-character', { segment: 0, tag: '', offset })
      continue
    }
    kept[length] = byte
    offsets[length] = offset
    length += 1
  }
  const text = Buffer.from(kept.buffer, 0, length).toString('latin1')
  const advice = WITH_UNA.exec(text)
  const plain = WITHOUT_UNA.exec(text)
  const found = advice && (!plain || advice.index < plain.index) ? advice : plain
  if (!found) return refuse('EDI_NO_INTERCHANGE', { segment: 0, tag: '', offset: 0 })
  const offset = offsets[found.index] ?? 0
  if (text.slice(0, found.index).trim() !== '')
    repairs.note('noise-before', { segment: 0, tag: '', offset: offsets[0] ?? 0 })
  const six = found[1]
  const service = six === undefined ? DEFAULT_SERVICE : readServiceCharacters(six, offset)
  const start = six === undefined ? found.index : found.index + found[0].length
  return { text, offsets: offsets.subarray(0, length), service, start }
}

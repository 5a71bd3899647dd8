import { refuse } from './refusal.ts'

/** Character codes of the six service characters; -1 where one is not used. */
export interface ServiceCharacters {
  readonly component: number
  readonly element: number
  readonly release: number
  readonly repetition: number
  readonly terminator: number
}

const SPACE = 0x20

/** Level A defaults (ISO 9735-1 §5), without repetition: the PAXLST guide (WCO/IATA/ICAO §4.1) does not use it. */
export const DEFAULT_SERVICE: ServiceCharacters = {
  component: 0x3a,
  element: 0x2b,
  release: 0x3f,
  repetition: -1,
  terminator: 0x27,
}

/**
 * The six characters after `UNA`: component, element, decimal mark, release, repetition (a space: not used),
 * terminator. Throws `EDI_SERVICE_CHARACTERS` when they cannot part anything.
 */
export function readServiceCharacters(six: string, offset: number): ServiceCharacters {
  const code = (index: number): number => six.charCodeAt(index)
  const optional = (index: number): number => (code(index) === SPACE ? -1 : code(index))
  const service: ServiceCharacters = {
    component: code(0),
    element: code(1),
    release: optional(3),
    repetition: optional(4),
    terminator: code(5),
  }
  const used = Object.values(service).filter((value) => value !== -1)
  const separates = (value: number): boolean => /^[!-/:-@[-`{-~]$/.test(String.fromCharCode(value))
  if (six.length !== 6 || new Set(used).size !== used.length || !used.every(separates))
    refuse('EDI_SERVICE_CHARACTERS', { segment: 0, tag: 'UNA', offset })
  return service
}

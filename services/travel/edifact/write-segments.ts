import type { Element } from './segment.ts'
import { DEFAULT_SERVICE, type ServiceCharacters } from './service-characters.ts'

export interface WrittenSegment {
  readonly tag: string
  readonly elements: readonly Element[]
}

const charOf = (code: number): string => (code === -1 ? ' ' : String.fromCharCode(code))

function escaped(value: string, service: ServiceCharacters): string {
  const special = new Set(Object.values(service).filter((code) => code !== -1))
  return [...value]
    .map((char) => (special.has(char.charCodeAt(0)) ? charOf(service.release) + char : char))
    .join('')
}

/**
 * UNA and the segments as text. Entry: values without control characters; a release character is in use when a value
 * holds a service character. Reading the text gives the same segments.
 */
export function writeSegments(
  segments: readonly WrittenSegment[],
  service: ServiceCharacters = DEFAULT_SERVICE,
): string {
  const { component, element, release, repetition, terminator } = service
  const una = `UNA${[component, element].map(charOf).join('')}.${[release, repetition, terminator].map(charOf).join('')}`
  const one = ({ tag, elements }: WrittenSegment): string => {
    const parts = elements.map((repeated) =>
      repeated
        .map((values) => values.map((value) => escaped(value, service)).join(charOf(component)))
        .join(charOf(repetition)),
    )
    return [tag, ...parts].join(charOf(element)) + charOf(terminator)
  }
  return una + segments.map(one).join('')
}

/** A segment from its usual written form: `segment('LOC', '125', ['VIE'])`; a string is one component. */
export function segment(tag: string, ...elements: readonly (string | readonly string[])[]): WrittenSegment {
  return { tag, elements: elements.map((value) => [typeof value === 'string' ? [value] : value]) }
}

import type { Position } from './refusal.ts'

/** Repetitions of components: `a:b*c` is `[['a', 'b'], ['c']]`. Never empty, nor is a repetition. */
export type Element = readonly (readonly string[])[]

export interface Segment {
  readonly tag: string
  /** Elements after the tag. */
  readonly elements: readonly Element[]
  readonly at: Position
}

/** Component of the first repetition, trimmed; empty when absent. Both counts start at 0, after the tag. */
export function component(segment: Segment, element: number, part = 0): string {
  return segment.elements[element]?.[0]?.[part]?.trim() ?? ''
}

/** All components of the first repetition, untrimmed. */
export function components(segment: Segment, element: number): readonly string[] {
  return segment.elements[element]?.[0] ?? []
}

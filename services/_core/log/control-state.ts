import { fail } from '#core/failure.ts'
import type { ControlRecord } from '#core/handoff/outcome.ts'

/** path → SHA-256 (base64url) of the artefacts of one epoch. */
export type Artefacts = ReadonlyMap<string, string>

/** Control folded to its end. Old epochs stay reachable: a partition is judged under its own. */
export interface ControlState {
  /** The newest epoch; 0 = nothing was ever applied. */
  readonly latest: number
  readonly artefacts: Artefacts
  /** `at` of the record that made the newest epoch, ms. */
  readonly at: number
}

export const EMPTY_CONTROL: ControlState = { latest: 0, artefacts: new Map(), at: 0 }

/** State after one valid control record: entries with a hash are put, with null removed. */
export function applyControl(state: ControlState, record: ControlRecord): ControlState {
  if (record.epoch === state.latest) return state
  if (record.epoch !== state.latest + 1) fail('OPS_CONTROL', undefined, 'epochs of control are not dense')
  const artefacts = new Map(state.artefacts)
  for (const { path, sha256 } of record.entries) {
    if (sha256 === null) artefacts.delete(path)
    else artefacts.set(path, sha256)
  }
  return { latest: record.epoch, artefacts, at: record.at }
}

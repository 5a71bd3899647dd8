import { Failure } from '#core/failure.ts'
import { openTransit } from '#core/message/open-transit.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import type { KeyRow, KeyStore } from '#core/ports/key-store.ts'

const dayOf = (ms: number): string => `t:${new Date(ms).toISOString().slice(0, 10)}`

/**
 * Removes the outer layer of a sealed hand-off with the transit key of the day it was sealed: the day it was made, or a later
 * one if it was held first. Undefined when that key was destroyed; bytes that open under none of the living keys are `OPS_KEY`.
 */
export function transitOpener(keys: Pick<KeyStore, 'get' | 'list'>) {
  const tryKey = (key: KeyRow, row: HandoffRow, sealed: Uint8Array): string | undefined => {
    try {
      return openTransit(row.handoff, sealed, key.bytes)
    } catch (error) {
      if (error instanceof Failure && error.code === 'OPS_KEY') return undefined
      throw error
    }
  }
  return async (row: HandoffRow, sealed: Uint8Array): Promise<string | undefined> => {
    const first = await keys.get(dayOf(row.at))
    const jwe = first && tryKey(first, row, sealed)
    if (jwe !== undefined) return jwe
    const later = (await keys.list('transit')).filter((key) => key.id > dayOf(row.at))
    for (const key of later) {
      const opened = tryKey(key, row, sealed)
      if (opened !== undefined) return opened
    }
    return undefined
  }
}

import type { Outcome } from '#core/handoff/outcome.ts'
import type { KeyStore } from '#core/ports/key-store.ts'

/** Ids of the keys that an outcome names. */
export function keysNamed(outcome: Outcome): readonly string[] {
  const ids = new Set<string>()
  if (outcome.archive) ids.add(outcome.archive.keyId)
  if (outcome.decisions) ids.add(outcome.decisions.keyId)
  for (const effect of outcome.effects) {
    if (effect.kind === 'handoff' && effect.contentKey !== null) ids.add(effect.contentKey)
  }
  return [...ids]
}

export function keysErased(outcome: Outcome): readonly string[] {
  return outcome.effects.flatMap((effect) => (effect.kind === 'erased' ? effect.keys : []))
}

/**
 * What a valid outcome means for the key store (design §3, Keys before records): rows that lost attempts left at its seq go, and
 * what it erases is destroyed. To be called after the record is known to be valid and before the fold's cursor passes it;
 * doing it twice changes nothing.
 */
export async function settleKeys(keys: KeyStore, partition: number, outcome: Outcome): Promise<void> {
  await keys.settle(partition, outcome.seq, keysNamed(outcome))
  const erased = keysErased(outcome)
  if (erased.length > 0) await keys.destroy(erased)
}

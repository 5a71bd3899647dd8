import type { Effect } from '#core/handoff/outcome.ts'
import type { Verified } from '#core/message/content.ts'
import type { Reopened } from './content.ts'

/** Effects that a partner's own message must have brought about, and no verdict speaks of. */
export function isPartnersWord(effect: Effect): boolean {
  return effect.kind === 'approval' || (effect.kind === 'state' && effect.cause === 'acknowledged')
}

/**
 * Whether such an effect is what the signed message of its outcome says; else what differs. Without this an approval that nobody
 * gave would be replayed as if it had been given.
 */
export function effectDifference(effect: Effect, content: Reopened): string | null {
  if (content.kind === 'unavailable') return null
  if (content.kind === 'failed') return `${effect.kind}: ${content.code}`
  const says = effect.kind === 'approval' ? approvalIn(content.verified) : acknowledgementIn(content.verified)
  const given = effect as unknown as Readonly<Record<string, unknown>>
  const other = says && Object.keys(says).find((name) => says[name] !== given[name])
  if (!says) return `${effect.kind}: nobody said so`
  return other === undefined ? null : `${effect.kind}: another ${other}`
}

type Words = Readonly<Record<string, unknown>>

function approvalIn({ type, data, visible }: Verified): Words | undefined {
  if (type.name !== 'approval.given') return undefined
  return {
    handoff: data['handOff'],
    guard: data['guard'],
    granted: data['granted'],
    by: visible.iss,
    role: data['role'],
    digest: data['digest'],
    until: Date.parse(String(data['until'])),
  }
}

function acknowledgementIn({ type, data }: Verified): Words | undefined {
  return type.name === 'acknowledged' ? { handoff: data['handOff'] } : undefined
}

/** Sends sealed bytes until a gateway says 202, always the same bytes: what a partner's outbox does. */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { oinOf } from '#core/ids.ts'
import { partitionOf } from '#core/log/partition.ts'
import { GatewayClient } from '#sdk/gateway-client.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import type { Composer, Wire } from './compose.ts'
import type { History, Part } from './history.ts'
import { seeded } from './seeded.ts'

const TIMEOUT_MS = 12_000
const AGAIN_FIRST_MS = 100
const AGAIN_MAX_MS = 2_000

export interface Counts {
  /** Items begun. */
  begun: number
  /** Messages acknowledged, of every kind. */
  acknowledged: number
  /** POSTs that had to be made again. */
  again: number
  refused: number
  unanswered: number
  delivered: number
  opened: number
  erased: number
}

export interface Submitter {
  /** The answer's body; undefined when the end came before an acknowledgement, or it was refused for good. */
  submit(index: number, part: Part, wire: Wire, waitSeconds?: number): Promise<string | undefined>
  client(partner: string, turn: number): Promise<GatewayClient>
  close(): void
}

const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('base64url')

export function makeSubmitter(
  composer: Composer,
  gateways: readonly string[],
  seed: number,
  history: History,
  counts: Counts,
  over: AbortSignal,
): Submitter {
  const chance = seeded(seed, 0x7a1)
  const clients = new Map<string, GatewayClient>()
  let turn = 0
  const client = async (partner: string, which: number): Promise<GatewayClient> => {
    const gateway = gateways[which % gateways.length] ?? ''
    const key = `${partner} ${gateway}`
    const known = clients.get(key)
    if (known) return known
    const identity = await composer.identity(partner)
    const made =
      clients.get(key) ?? new GatewayClient(gateway, identity, oinOf(composer.epoch.exchange), 'en')
    clients.set(key, made)
    return made
  }
  const post = async (wire: Wire, waitSeconds: number): Promise<string> => {
    const outer = Object.entries(wire.attributes).map(([name, value]) => [`ce-${name}`, value] as const)
    const headers = {
      ...Object.fromEntries(outer),
      'ce-specversion': '1.0',
      'content-type': 'application/jose',
      ...(waitSeconds > 0 ? { prefer: `wait=${waitSeconds}` } : {}),
    }
    turn += 1
    const line = await client(wire.partner, turn)
    const timeoutMs = TIMEOUT_MS + waitSeconds * 1000
    return (await line.call({ method: 'POST', path: '/v1/messages', headers, body: wire.body, timeoutMs }))
      .text
  }
  const acknowledge = async (index: number, part: Part, wire: Wire) => {
    const { oin } = await composer.identity(wire.partner)
    const partition = partitionOf(wire.attributes['subject'] ?? '')
    const { id } = wire
    history.add({ kind: 'acknowledged', index, part, oin, id, partition, digest: sha256(wire.body) })
    counts.acknowledged += 1
  }
  return {
    client,
    async submit(index, part, wire, waitSeconds = 0) {
      for (let wait = AGAIN_FIRST_MS; !over.aborted; wait = Math.min(2 * wait, AGAIN_MAX_MS)) {
        try {
          const text = await post(wire, waitSeconds)
          await acknowledge(index, part, wire)
          return text
        } catch (error) {
          if (!(error instanceof SchakelError)) throw error
          if (!error.retryable) {
            history.add({ kind: 'refused', index, part, code: error.code })
            counts.refused += 1
            return undefined
          }
          counts.again += 1
        }
        await delay(wait * (0.5 + chance.next()), undefined, { signal: over }).catch(() => undefined)
      }
      history.add({ kind: 'unanswered', index, part, id: wire.id })
      counts.unanswered += 1
      return undefined
    },
    close() {
      for (const one of clients.values()) one.close()
    },
  }
}

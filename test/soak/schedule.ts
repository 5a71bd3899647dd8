/** What happens when, from a seed: the same seed is the same schedule. */
import type { SoakOptions } from './options.ts'
import { seeded } from './seeded.ts'

export type Fault =
  /** SIGKILL. `target`: a service, `broker-0` … `broker-2`, `postgres` or `registry`. */
  | { readonly kind: 'kill'; readonly target: string }
  /** SIGSTOP for `ms`, then SIGCONT. */
  | { readonly kind: 'pause'; readonly target: string; readonly ms: number }
  /** SIGTERM of an exchange: it leaves, its partitions move, it comes back. */
  | { readonly kind: 'leave'; readonly target: string }
  /** Answers of a broker come late, or never. */
  | { readonly kind: 'late' | 'lost'; readonly broker: number; readonly ms: number }
  /** An exchange that believes that everything is its own, for `ms`. */
  | { readonly kind: 'rival'; readonly ms: number }
  /** One more exchange shares the work for `ms`, and leaves. */
  | { readonly kind: 'join'; readonly ms: number }
  /** SIGKILL, and `ms` later it is started again: who starts meanwhile finds nothing. */
  | { readonly kind: 'down'; readonly target: 'postgres' | 'registry'; readonly ms: number }
  /** The disk under it is full for `ms`; a broker is started again afterwards. Only with `disks`. */
  | { readonly kind: 'full'; readonly target: SmallDiskOf; readonly ms: number }

export const SMALL_DISKS = ['exchange-a', 'broker-0'] as const
export type SmallDiskOf = (typeof SMALL_DISKS)[number]

export interface Scheduled {
  /** ms after the start. */
  readonly at: number
  readonly fault: Fault
}

const QUIET_MS = 5_000
const BROKERS = 3

type Weighted<T> = readonly (readonly [T, number])[]

/** Services are killed most: they are what is new here. */
function targetsOf(options: SoakOptions, services: readonly string[]): Weighted<string> {
  const weight = (name: string) => (name.startsWith('exchange') ? 5 : name.startsWith('gateway') ? 3 : 2)
  const own: Weighted<string> = services.map((name) => [name, weight(name)] as const)
  if (options.profile === 'embedded') return own
  const brokers: Weighted<string> = Array.from(
    { length: BROKERS },
    (_, index) => [`broker-${index}`, 1] as const,
  )
  return [...own, ...brokers, ['postgres', 1.5], ['registry', 0.5]]
}

export function scheduleOf(options: SoakOptions, services: readonly string[]): readonly Scheduled[] {
  const random = seeded(options.seed, 0xfa17)
  const targets = targetsOf(options, services)
  const exchanges: Weighted<string> = targets.filter(([name]) => name.startsWith('exchange'))
  const span = options.minutes * 60_000 - QUIET_MS
  const faults: Fault[] = []
  for (let n = 0; n < options.kills; n += 1) faults.push({ kind: 'kill', target: random.pick(targets) })
  for (let n = 0; n < options.kills / 5; n += 1)
    faults.push({ kind: 'pause', target: random.pick(targets), ms: 500 + random.int(7_000) })
  for (let n = 0; n < options.kills / 20; n += 1)
    faults.push({ kind: 'leave', target: random.pick(exchanges) })
  for (let n = 0; n < options.kills / 70; n += 1)
    faults.push({ kind: 'rival', ms: 10_000 + random.int(15_000) })
  if (options.profile === 'kafka' && options.network) {
    for (let n = 0; n < options.kills / 10; n += 1) {
      const kind = random.pick<'late' | 'lost'>([
        ['late', 1],
        ['lost', 1],
      ])
      faults.push({ kind, broker: random.int(BROKERS), ms: 300 + random.int(7_000) })
    }
  }
  const events = faults.map((fault) => ({
    at: QUIET_MS + Math.floor(random.next() * (span - QUIET_MS)),
    fault,
  }))
  return events.toSorted((a, b) => a.at - b.at)
}

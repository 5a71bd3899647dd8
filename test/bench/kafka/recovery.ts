/** From a kill −9 to the next thing that is delivered. */
import { type Measured, median, type Progress, rounded } from '../figure.ts'

export interface Victim {
  /** `exchange`, `broker` … */
  readonly name: string
  /** What is waited for, in words. */
  readonly until: string
  /** Resolves when the process is gone. */
  kill(): Promise<void>
  /** Begins what brings it back where the supervisor does not; awaited only after the delivery. */
  bringBack?(): Promise<void>
  /** What is done after the kill: resolves at the delivery that counts, in `performance.now()`. */
  next(): Promise<number>
  /** Resolves when all is as before, so that the next kill meets a sound system. */
  sound(): Promise<void>
}

/** From the order to kill to the next delivery, ms. */
export async function recoverOnce(victim: Victim): Promise<number> {
  const killed = performance.now()
  await victim.kill()
  const back = victim.bringBack?.()
  back?.catch(() => undefined)
  const at = await victim.next()
  await back
  await victim.sound()
  return at - killed
}

/**
 * In turn, so that none is killed again at once: the supervisor lets one wait longer that did not live long. A victim's median of
 * `rounds`.
 */
export async function measureRecovery(
  victims: readonly Victim[],
  rounds: number,
  progress: Progress,
): Promise<Measured[]> {
  const times = new Map<Victim, number[]>(victims.map((victim) => [victim, []]))
  for (let round = 1; round <= rounds; round += 1) {
    for (const [victim, found] of times) {
      const ms = await recoverOnce(victim)
      found.push(ms)
      progress(`kill ${round} of ${victim.name}: ${Math.round(ms)} ms`)
    }
  }
  return [...times].map(([{ name, until }, found]) => ({
    name: `recovery_ms_${name}`,
    value: rounded(median(found)),
    unit: 'ms',
    of: `kill -9 to ${until}`,
    per: 'kill',
    note: `each: ${found.map((ms) => Math.round(ms)).join(', ')} ms`,
  }))
}

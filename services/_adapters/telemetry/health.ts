import { asFailure, type FailureCode } from '#core/failure.ts'

/** One shape for every service: which of its conditions holds, by name; a reason is a failure code and nothing more. */
export interface HealthReport {
  readonly ready: boolean
  readonly body: {
    readonly status: 'ok' | 'unavailable' | 'draining'
    readonly checks: Readonly<Record<string, 'ok' | FailureCode>>
  }
}

/** Throws what is wrong; returns when all is well. */
export type HealthCheck = () => unknown

export interface Health {
  report(): Promise<HealthReport>
  /** Not ready from here on: said first, so that nobody sends more while the service stops. */
  drain(): void
}

const ANSWER_MS = 2_000

async function run(check: HealthCheck): Promise<'ok' | FailureCode> {
  const { promise: late, resolve } = Promise.withResolvers<FailureCode>()
  const timer = setTimeout(() => resolve('OPS_UNREACHABLE'), ANSWER_MS)
  const asked = (async () => {
    await check()
    return 'ok' as const
  })().catch((error: unknown) => asFailure(error).code)
  try {
    return await Promise.race([asked, late])
  } finally {
    clearTimeout(timer)
  }
}

/** A check that does not answer within two seconds counts as `OPS_UNREACHABLE`: a probe that hangs would say nothing at all. */
export function watchHealth(checks: Readonly<Record<string, HealthCheck>>): Health {
  let draining = false
  return {
    async report() {
      const names = Object.keys(checks)
      const answers = await Promise.all(Object.values(checks).map(run))
      const all = Object.fromEntries(names.map((name, index) => [name, answers[index] ?? 'ok']))
      const well = answers.every((answer) => answer === 'ok')
      const status = draining ? 'draining' : well ? 'ok' : 'unavailable'
      return { ready: status === 'ok', body: { status, checks: all } }
    },
    drain() {
      draining = true
    },
  }
}

/** Waits for `work`, but no longer than `ms`; false when it was not over by then. */
export async function within(ms: number, work: Promise<unknown>): Promise<boolean> {
  const { promise: late, resolve } = Promise.withResolvers<false>()
  const timer = setTimeout(() => resolve(false), ms)
  try {
    return await Promise.race([work.then(() => true), late])
  } finally {
    clearTimeout(timer)
  }
}

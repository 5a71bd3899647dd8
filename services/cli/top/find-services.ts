import { readRunFiles } from '../running/run-file.ts'

export interface ServiceUp {
  readonly name: string
  /** `down`: it left a run file and does not answer. */
  readonly status: 'ok' | 'unavailable' | 'draining' | 'down'
  /** Codes of the checks that do not hold. */
  readonly reasons: readonly string[]
}

const ANSWER_MS = 1_000
const STATUSES = ['ok', 'unavailable', 'draining'] as const
const CODE = /^[A-Z]{2,5}_[A-Z_]{1,40}$/

async function ask(name: string, management: string): Promise<ServiceUp> {
  try {
    const answer = await fetch(`${management}/health/ready`, { signal: AbortSignal.timeout(ANSWER_MS) })
    const body = (await answer.json()) as { status?: unknown; checks?: Record<string, unknown> }
    const status = STATUSES.find((one) => one === body.status) ?? 'unavailable'
    const reasons = Object.values(body.checks ?? {}).filter(
      (code): code is string => typeof code === 'string' && CODE.test(code),
    )
    return { name, status, reasons: [...new Set(reasons)] }
  } catch {
    return { name, status: 'down', reasons: [] }
  }
}

/** Every process of this data directory that runs, or did and was killed. */
export async function findServices(data: string): Promise<readonly ServiceUp[]> {
  const files = await readRunFiles(data)
  return Promise.all(files.map(({ name, management }) => ask(name, management)))
}

import { Pool } from 'pg'
import { Failure, type FailureCode } from '#core/failure.ts'

export interface PostgresTarget {
  readonly host: string
  readonly port: number
  readonly database: string
  readonly user: string
  readonly password: string
  /** PEM of the CA of the server's certificate: TLS with a check of the host name. Absent: no TLS, for loopback only. */
  readonly ca?: string
}

const CONNECTIONS = 8
const CONNECT_MS = 5_000
const STATEMENT_MS = 10_000
const ANSWER_MS = 15_000
const IDLE_MS = 30_000
const LOOPBACK: readonly string[] = ['127.0.0.1', '::1', 'localhost']

/** What every session of ours fixes for itself, whatever the server's configuration says. */
const SESSION = `-c synchronous_commit=on -c statement_timeout=${STATEMENT_MS} -c lock_timeout=${STATEMENT_MS} -c search_path=pg_catalog`

/** A bounded pool that connects when it is first used. Throws `OPS_CONFIG` for a host elsewhere without TLS. */
export function openPool(target: PostgresTarget, connections = CONNECTIONS): Pool {
  if (target.ca === undefined && !LOOPBACK.includes(target.host))
    throw new Failure('OPS_CONFIG', '/keys/ca', 'PostgreSQL on another host is reached by TLS only')
  const { host, port, database, user, password, ca } = target
  const pool = new Pool({
    host,
    port,
    database,
    user,
    password,
    ...(ca === undefined ? {} : { ssl: { ca, rejectUnauthorized: true, minVersion: 'TLSv1.3' as const } }),
    max: connections,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    idleTimeoutMillis: IDLE_MS,
    keepAlive: true,
    options: SESSION,
    application_name: user,
  })
  // An idle connection that the server closed: the pool has dropped it, the next query opens another.
  pool.on('error', () => {})
  return pool
}

/**
 * Any error of the driver as one of ours. Only its code goes along: PostgreSQL puts whole rows into the texts of its errors.
 */
export function postgresFailure(error: unknown, code: FailureCode): Failure {
  if (error instanceof Failure) return error
  const given = (error as { readonly code?: unknown } | null)?.code
  const safe = typeof given === 'string' && /^[A-Z0-9_]{5,20}$/.test(given) ? given : 'no answer'
  return new Failure(code, undefined, `PostgreSQL: ${safe}`)
}

export async function guardPostgres<T>(code: FailureCode, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw postgresFailure(error, code)
  }
}

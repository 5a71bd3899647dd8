/** The one file that imports kafkajs (2.2.4, unmaintained: kafka.md §4). */
import { Kafka, logLevel } from 'kafkajs'
import { fail } from '#core/failure.ts'
import type { ClusterAdmin } from './cluster-admin.ts'

export interface KafkaConnection {
  /** `host:port` each. */
  readonly brokers: readonly string[]
  readonly clientId: string
  /** PEM. Absent: plain text, for tests. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string }
  /** SCRAM-SHA-512. */
  readonly sasl?: { readonly username: string; readonly password: string }
}

const TIMEOUT_MS = 10_000

/** A connected admin client; whoever asked closes it with `disconnect`. Throws `OPS_KAFKA` when no broker answers. */
export async function connectAdmin(
  connection: KafkaConnection,
): Promise<ClusterAdmin & { disconnect(): Promise<void> }> {
  const { brokers, clientId, tls, sasl } = connection
  const kafka = new Kafka({
    clientId,
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    requestTimeout: TIMEOUT_MS,
    connectionTimeout: TIMEOUT_MS,
    retry: { retries: 2 },
    ...(tls ? { ssl: { ...tls, minVersion: 'TLSv1.3' } } : {}),
    ...(sasl ? { sasl: { mechanism: 'scram-sha-512', ...sasl } } : {}),
  })
  const admin = kafka.admin()
  await admin.connect().catch((error: Error) => fail('OPS_KAFKA', undefined, `no connection: ${error.name}`))
  return admin
}

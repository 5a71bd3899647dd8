import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { type BrokerOptions, type RunningBrokers, runBrokers } from '../../infra/kafka/run-brokers.ts'

const IMAGE = 'apache/kafka:4.3.1'

export interface TestKafka {
  readonly brokers: readonly string[]
  /** `given`: an address from outside; `container`; `jars`: brokers of this machine, which `running` controls. */
  readonly from: 'given' | 'container' | 'jars'
  readonly running?: RunningBrokers
  stop(): Promise<void>
}

export interface TestKafkaOptions {
  /** Default 1. More than one, or `own`, takes Maven jars only: whoever asks for it kills brokers. */
  readonly count?: 1 | 3
  readonly own?: boolean
  readonly extra?: BrokerOptions['extra']
}

async function fromContainer(): Promise<TestKafka | string> {
  try {
    const { GenericContainer, getContainerRuntimeClient } = await import('testcontainers')
    await getContainerRuntimeClient()
    const port = 29_092 + (process.pid % 1_000)
    const started = await new GenericContainer(IMAGE)
      .withExposedPorts({ container: 9092, host: port })
      .withEnvironment({
        KAFKA_ADVERTISED_LISTENERS: `PLAINTEXT://127.0.0.1:${port}`,
        KAFKA_AUTO_CREATE_TOPICS_ENABLE: 'false',
        KAFKA_MESSAGE_MAX_BYTES: String(4 * 1024 * 1024),
        KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
        KAFKA_TRANSACTION_STATE_LOG_MIN_ISR: '1',
        KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
      })
      .start()
    return {
      brokers: [`127.0.0.1:${port}`],
      from: 'container',
      stop: async () => {
        await started.stop()
      },
    }
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

async function fromJars(options: TestKafkaOptions): Promise<TestKafka> {
  const folder = await mkdtemp(join(tmpdir(), 'schakel-kafka-'))
  try {
    const running = await runBrokers({
      folder,
      count: options.count ?? 1,
      ...(options.extra ? { extra: options.extra } : {}),
    })
    const stop = async () => {
      await running.stop()
      await rm(folder, { recursive: true, force: true })
    }
    return { brokers: running.brokers, from: 'jars', running, stop }
  } catch (error) {
    await rm(folder, { recursive: true, force: true })
    throw error
  }
}

/** Says why a test that needs real Kafka did not run; under `CI=true` that is a failure. */
export function notRun(reason: string): undefined {
  if (process.env['CI'] === 'true') throw new Error(`no Kafka: ${reason}`)
  process.stderr.write(`NOT RUN: no Kafka: ${reason}\n`)
  return undefined
}

/**
 * Kafka for a test, plain text: the first that works of `SCHAKEL_KAFKA=host:port,…`, testcontainers and brokers from Maven jars.
 * Undefined, after saying `NOT RUN` and why, where none does; under `CI=true` it throws.
 */
export async function startTestKafka(options: TestKafkaOptions = {}): Promise<TestKafka | undefined> {
  const own = options.own === true || options.count === 3
  const given = process.env['SCHAKEL_KAFKA']
  if (given && !own) return { brokers: given.split(','), from: 'given', stop: async () => undefined }
  const container = own ? 'brokers of our own are asked for' : await fromContainer()
  if (typeof container !== 'string') return container
  const reason = await whyNoJars()
  if (reason !== undefined) return notRun(`no SCHAKEL_KAFKA; no container: ${container}; ${reason}`)
  return await fromJars(options)
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connectAdmin } from '#adapters/kafka/client.ts'
import { type ClusterAdmin, orKafka } from '#adapters/kafka/cluster-admin.ts'
import { type Declaration, kafkaPartners, readDeclaration } from '#adapters/kafka/declaration.ts'
import { liveBrokers, type WireTarget, type WireTls } from '#adapters/kafka/wire.ts'
import { fail } from '#core/failure.ts'
import { readContracts } from './first-time/artefacts.ts'
import { openStore, type Store } from './open-store.ts'
import { projectRoot } from './project-root.ts'
import { configuredPath, type KafkaConfig, readStoreConfig } from './store-config.ts'

const PARTNER_FILE = /^contracts\/partner\/[a-z0-9-]+\.json$/

/** The cluster that `store.json` names, asked as its administrator. */
export interface Cluster {
  readonly admin: ClusterAdmin
  readonly target: WireTarget
  close(): Promise<void>
}

/** Undefined: this data directory is embedded. */
export async function kafkaConfig(data: string): Promise<KafkaConfig | undefined> {
  return (await readStoreConfig(data)).log
}

/** Connects with `admin.cert.pem` and `admin.key.pem` of the identities' folder; without them `OPS_KAFKA`. */
export async function openCluster(data: string, config: KafkaConfig): Promise<Cluster> {
  const folder = configuredPath(data, config.identities)
  const read = (path: string) =>
    readFile(path, 'utf8').catch(() => fail('OPS_KAFKA', undefined, `cannot read ${path}`))
  const tls = {
    ca: await read(configuredPath(data, config.ca)),
    cert: await read(join(folder, 'admin.cert.pem')),
    key: await read(join(folder, 'admin.key.pem')),
  }
  const admin = await connectAdmin({ brokers: config.brokers, clientId: 'schakel-admin', tls })
  try {
    const target = { broker: await firstThatAnswers(config.brokers, tls), tls }
    return { admin, target, close: () => admin.disconnect() }
  } catch (error) {
    await admin.disconnect()
    throw error
  }
}

async function firstThatAnswers(brokers: readonly string[], tls: WireTls): Promise<string> {
  for (const broker of brokers) {
    const answers = await liveBrokers({ broker, tls }).then(
      () => true,
      () => false,
    )
    if (answers) return broker
  }
  return fail('OPS_KAFKA', undefined, 'no broker answers')
}

function parsed(files: readonly Uint8Array[]): readonly unknown[] {
  return files.map((bytes): unknown => JSON.parse(Buffer.from(bytes).toString('utf8')))
}

/** Partner files in force in control: they say who is suspended now. */
async function partnersInForce(store: Store): Promise<readonly unknown[]> {
  const paths = [...store.control.state().artefacts.keys()].filter((path) => PARTNER_FILE.test(path))
  const files = await Promise.all(paths.map((path) => store.control.artefact(path)))
  return parsed(files.map((bytes, index) => bytes ?? fail('OPS_CONTROL', paths[index])))
}

/** Of the project's `contracts/partner`: before there is a log to ask. */
export async function partnersOfProject(): Promise<readonly unknown[]> {
  const artefacts = [...(await readContracts(projectRoot()))]
  return parsed(artefacts.filter(([path]) => PARTNER_FILE.test(path)).map(([, bytes]) => bytes))
}

/**
 * Control says who the partners are as soon as there is one; a log that is there and cannot be read throws rather than give a
 * suspended partner its rights back.
 */
export async function partnersOf(data: string, { admin }: Cluster): Promise<readonly unknown[]> {
  if (!(await orKafka(() => admin.listTopics())).includes('control')) return partnersOfProject()
  const [control] = await orKafka(() => admin.fetchTopicOffsets('control'))
  if (control?.high === '0') return partnersOfProject()
  const store = await openStore(data)
  try {
    return await partnersInForce(store)
  } finally {
    await store.close()
  }
}

/**
 * What `infra/kafka/topics.json` asks for these partners. `single` on a cluster of more brokers throws `OPS_USAGE`: it would
 * leave acknowledged records on one disk.
 */
export async function declarationFor(
  { admin }: Cluster,
  files: readonly unknown[],
  single: boolean,
): Promise<Declaration> {
  const partners = kafkaPartners(files)
  const { brokers } = await orKafka(() => admin.describeCluster())
  if (single && brokers.length > 1) fail('OPS_USAGE', '/single', `this cluster has ${brokers.length} brokers`)
  return await readDeclaration(projectRoot('infra', 'kafka', 'topics.json'), { partners, single })
}

/** Brokers, PostgreSQL and registry of one machine, made ready for a data directory: what `schakel kafka up` stands on. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { applyDeclaration } from '#adapters/kafka/apply-topics.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { clusterPki } from '../../../infra/kafka/cluster-pki.ts'
import { type BrokerOptions, type RunningBrokers, runBrokers } from '../../../infra/kafka/run-brokers.ts'
import { migrate } from '../../../infra/postgres/migrate.ts'
import { registryDatabase } from '../../../infra/postgres/registry-database.ts'
import { setRolePasswords } from '../../../infra/postgres/roles.ts'
import { type RunningPostgres, runPostgres } from '../../../infra/postgres/run-postgres.ts'
import { registerSchemas } from '../../../infra/registry/register.ts'
import { type RunningRegistry, runRegistry } from '../../../infra/registry/run-registry.ts'
import { foundAuthority } from '../first-time/authority.ts'
import { isFounded } from '../init.ts'
import { declarationFor, openCluster, partnersOf, partnersOfProject } from '../kafka-cluster.ts'
import { IDENTITIES, type StoreConfig, writeStoreConfig } from '../store-config.ts'
import { storePaths } from '../store-paths.ts'

const PASSWORDS = join('postgres', 'passwords')
const REGISTRY_PASSWORD = join(PASSWORDS, 'registry')
const WRAPPING = join('postgres', 'wrapping.keys')
const CLUSTER = join('kafka', 'identities')
const SECRET_BYTES = 32

export interface KafkaMachine {
  readonly brokers: RunningBrokers
  readonly postgres: RunningPostgres
  readonly registry: RunningRegistry
  stop(): Promise<void>
}

/** A secret of this machine, made when it is first asked for. */
async function secretOf(data: string, file: string, encoding: 'base64' | 'base64url'): Promise<string> {
  const path = join(data, file)
  if (!existsSync(path))
    await writeFile(path, `${randomBytes(SECRET_BYTES).toString(encoding)}\n`, { mode: 0o600, flag: 'wx' })
  return (await readFile(path, 'utf8')).trim()
}

/** Passwords of the roles, one file each, and the key under which rows are wrapped; made once. */
async function secretsOf(data: string): Promise<ReadonlyMap<string, string>> {
  await mkdir(join(data, PASSWORDS), { recursive: true, mode: 0o700 })
  await secretOf(data, WRAPPING, 'base64')
  const passwords = new Map<string, string>()
  for (const identity of IDENTITIES)
    passwords.set(`schakel_${identity}`, await secretOf(data, join(PASSWORDS, identity), 'base64url'))
  return passwords
}

async function startPostgres(data: string): Promise<RunningPostgres> {
  const passwords = await secretsOf(data)
  const postgres = await runPostgres({ folder: join(data, 'postgres') })
  await migrate(postgres.owner)
  await setRolePasswords(postgres.owner, passwords)
  return postgres
}

async function startBrokers(
  data: string,
  count: 1 | 3,
  more: Pick<BrokerOptions, 'advertise'>,
): Promise<RunningBrokers> {
  const pki = systemPkiPorts(systemClock, systemRandom)
  const { certPem } = await foundAuthority(pki, storePaths(data))
  await mkdir(join(data, 'kafka'), { recursive: true, mode: 0o700 })
  const security = await clusterPki(pki, join(data, CLUSTER), certPem)
  return runBrokers({ folder: join(data, 'kafka', 'brokers'), count, security, ...more })
}

/**
 * Starts what is not running yet, tells `store.json` where it is, and brings topics, rights, migrations and schemas up to date. All of
 * it ends with this process. Throws the first thing that does not start, and stops the rest.
 */
export async function startKafkaMachine(
  data: string,
  count: 1 | 3,
  progress: (text: string) => void,
  more: Pick<BrokerOptions, 'advertise'> = {},
): Promise<KafkaMachine> {
  const started: { stop(): Promise<void> }[] = []
  const stop = async () => {
    await Promise.allSettled(started.map((one) => one.stop()))
  }
  const keep = async <T extends { stop(): Promise<void> }>(
    what: string,
    starting: Promise<T>,
  ): Promise<T> => {
    const one = await starting
    started.push(one)
    progress(`${what} is up`)
    return one
  }
  try {
    const [brokers, postgres] = await allOf(
      keep(`Kafka (${count} ${count === 1 ? 'broker' : 'brokers'})`, startBrokers(data, count, more)),
      keep('PostgreSQL', startPostgres(data)),
    )
    const storage = await registryDatabase(
      postgres.owner,
      await secretOf(data, REGISTRY_PASSWORD, 'base64url'),
    )
    const registry = await keep('schema registry', runRegistry({ folder: join(data, 'registry'), storage }))
    const config: StoreConfig = {
      log: { kind: 'kafka', brokers: brokers.brokers, identities: CLUSTER, ca: join(CLUSTER, 'ca.pem') },
      keys: {
        kind: 'postgres',
        host: postgres.host,
        port: postgres.port,
        database: postgres.owner.database,
        passwords: PASSWORDS,
        wrappingKeys: WRAPPING,
      },
      registry: { kind: 'confluent', url: registry.url },
    }
    await writeStoreConfig(data, config)
    await registerSchemas({ url: registry.url })
    await applyTopics(data, config, count === 1, progress)
    return { brokers, postgres, registry, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Both, or the first failure when both have ended: what did start must be known to be stopped. */
async function allOf<A, B>(first: Promise<A>, second: Promise<B>): Promise<[A, B]> {
  await Promise.allSettled([first, second])
  return [await first, await second]
}

async function applyTopics(
  data: string,
  { log }: StoreConfig,
  single: boolean,
  progress: (text: string) => void,
): Promise<void> {
  if (!log) return
  const cluster = await openCluster(data, log)
  try {
    // Until there is a first epoch, also after a start that was interrupted, the project says who the partners are.
    const known = (await cluster.admin.listTopics()).includes('control') && (await isFounded(data))
    const files = known ? await partnersOf(data, cluster) : await partnersOfProject()
    const declaration = await declarationFor(cluster, files, single)
    const options = { dryRun: false, prune: true, secured: true }
    const steps = await applyDeclaration(cluster.admin, cluster.target, declaration, options)
    const done = steps.filter((one) => one.step !== 'left').length
    if (done > 0) progress(`topics, rights and quotas: ${done} made or changed`)
  } finally {
    await cluster.close()
  }
}

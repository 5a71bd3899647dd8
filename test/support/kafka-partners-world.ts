/** An exchange whose partners ECPAT and TBKK speak Kafka themselves, on a secured broker; log and keys are the embedded ones. */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { applyDeclaration } from '#adapters/kafka/apply-topics.ts'
import { connectAdmin, type KafkaConnection } from '#adapters/kafka/client.ts'
import { declare } from '#adapters/kafka/declaration.ts'
import { wholeShare } from '#adapters/partition-share/whole.ts'
import { openPartnerTopics } from '#adapters/partner-topics/kafka.ts'
import { issueIdentity } from '#adapters/pki/issue-identity.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { openSqlitePoison } from '#adapters/poison/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import type { Failure } from '#core/failure.ts'
import { createEvaluator } from '#core/handoff/evaluate.ts'
import type { Oin } from '#core/ids.ts'
import { certificateCheck } from '#core/message/certificate-check.ts'
import type { PartnerTopics } from '#core/ports/partner-topics.ts'
import { foundAuthority } from '#services/cli/first-time/authority.ts'
import { initialise } from '#services/cli/init.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import { transitOpener } from '#services/cli/open-transit.ts'
import { serviceSigner } from '#services/cli/service-signer.ts'
import { storePaths } from '#services/cli/store-paths.ts'
import { run as runCourier } from '#services/courier/run.ts'
import { runShare } from '#services/exchange/run.ts'
import { startGateway } from '#services/gateway/run.ts'
import { clusterPki } from '../../infra/kafka/cluster-pki.ts'
import { type RunningBrokers, runBrokers } from '../../infra/kafka/run-brokers.ts'
import { OINS } from './test-epoch.ts'

const SPEAKERS = { ecpat: OINS.ecpat, tbkk: OINS.tbkk } as const

export interface KafkaPartnersWorld {
  readonly gateway: string
  readonly broker: string
  /** Folder of an identity as a partner has it: keys and certificates for tls, sign (ES256) and seal. */
  identity(partner: keyof typeof SPEAKERS): string
  readonly folder: string
  readonly kafka: RunningBrokers
  /** As this service of the cluster. */
  connection(service: 'gateway' | 'courier' | 'admin'): KafkaConnection
  readonly reports: readonly string[]
  stop(): Promise<void>
}

/** The contracts with Kafka for both, and a signing certificate on P-256 each: what sd-jwt for Python can sign with. */
async function found(data: string): Promise<string> {
  const pki = systemPkiPorts(systemClock, systemRandom)
  await mkdir(data, { recursive: true })
  const ca = await foundAuthority(pki, storePaths(data))
  const identities = Object.entries(SPEAKERS).map(([id, oin]) => ({
    id,
    made: issueIdentity(pki, ca, { oin, commonName: id, organisation: id, sign: 'P-256' }),
  }))
  const amend = (artefacts: Map<string, Uint8Array>) => {
    for (const { id, made } of identities) {
      const path = `contracts/partner/${id}.json`
      const text = Buffer.from(artefacts.get(path) ?? []).toString('utf8')
      artefacts.set(path, Buffer.from(text.replaceAll('{"kind": "inbox"}', '{"kind": "kafka"}')))
      artefacts.set(`pki/cert/${made.sign.thumbprint}.pem`, Buffer.from(made.sign.certPem))
    }
  }
  await initialise(data, { strict: false, amend, progress: () => undefined })
  for (const { id, made } of identities) {
    const folder = join(data, 'partners', id)
    await writeFile(join(folder, 'sign.key.pem'), made.sign.keyPem, { mode: 0o600 })
    await writeFile(join(folder, 'sign.cert.pem'), made.sign.certPem)
  }
  return ca.certPem
}

async function startKafka(folder: string, partnerCa: string): Promise<RunningBrokers> {
  const pki = systemPkiPorts(systemClock, systemRandom)
  const security = await clusterPki(pki, join(folder, 'cluster'), partnerCa)
  return runBrokers({ folder: join(folder, 'kafka'), count: 1, security })
}

async function apply(connection: KafkaConnection): Promise<void> {
  const text = await readFile(new URL('../../infra/kafka/topics.json', import.meta.url), 'utf8')
  const partners = Object.values(SPEAKERS).map((oin) => ({ oin: oin as Oin, suspended: false }))
  const declaration = declare(JSON.parse(text), { partners, single: true })
  const admin = await connectAdmin(connection)
  const [broker = ''] = connection.brokers
  const target = { broker, ...(connection.tls ? { tls: connection.tls } : {}) }
  await applyDeclaration(admin, target, declaration, { dryRun: false, prune: false, secured: true })
  await admin.disconnect()
}

interface Topics {
  readonly gateway: PartnerTopics
  readonly courier: PartnerTopics
}

async function startServices(
  store: Store,
  topics: Topics,
  report: (failure: Failure, about: string) => void,
) {
  const stopping = new AbortController()
  const { signal } = stopping
  const { log, view, control, clock, random, codecs, keys, paths } = store
  const read = (name: string) => readFile(join(paths.pki, name), 'utf8')
  const tls = {
    key: await read('gateway.key.pem'),
    cert: await read('gateway.cert.pem'),
    ca: await read('ca.pem'),
  }
  const shared = { log, encodeInbound: codecs.inbound.encode, view, control, clock, random, report }
  const openTransit = transitOpener(keys)
  const exchange = {
    ...{ log, codecs, keys, control, clock, random },
    evaluator: createEvaluator(),
    fold: (partition: number) => openSqliteFold(paths.fold(partition)),
    poison: openSqlitePoison(paths.poison),
    report: () => undefined,
  }
  const signer = await serviceSigner(keys, 'courier')
  const post = () => Promise.reject(new Error('nobody is pushed to'))
  const work = [
    view.run(signal),
    runShare(exchange, wholeShare(), signal),
    runCourier({ ...shared, signer, openTransit, post, topics: topics.courier }, signal),
  ]
  const gateway = await startGateway({
    ...shared,
    ...{ host: '127.0.0.1', port: 0, tls, certificates: certificateCheck, openTransit },
    tiles: async () => ({ status: 404, headers: {}, body: new Uint8Array() }),
    partnerTopics: topics.gateway,
  })
  const stop = async () => {
    await gateway.close()
    stopping.abort()
    await Promise.all(work)
  }
  return { url: gateway.url, stop }
}

export async function startKafkaPartnersWorld(): Promise<KafkaPartnersWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'schakel-partner-kafka-'))
  const data = join(folder, 'data')
  const partnerCa = await found(data)
  await writeFile(join(folder, 'partner-ca.pem'), partnerCa)
  const kafka = await startKafka(folder, partnerCa)
  const files = new Map<string, string>()
  for (const name of ['gateway', 'courier', 'admin'])
    for (const kind of ['cert', 'key'])
      files.set(`${name}.${kind}`, await readFile(join(folder, 'cluster', `${name}.${kind}.pem`), 'utf8'))
  const ca = await readFile(join(folder, 'cluster', 'ca.pem'), 'utf8')
  const connection = (service: string): KafkaConnection => ({
    brokers: kafka.brokers,
    clientId: `test-${service}`,
    tls: { ca, cert: files.get(`${service}.cert`) ?? '', key: files.get(`${service}.key`) ?? '' },
  })
  await apply(connection('admin'))
  const topics = {
    gateway: openPartnerTopics({ ...connection('gateway'), group: 'schakel.gateway' }),
    courier: openPartnerTopics({ ...connection('courier'), group: 'schakel.courier' }),
  }
  const store = await openStore(data, storePaths(data).view)
  const reports: string[] = []
  const services = await startServices(store, topics, (failure, about) =>
    reports.push(`${failure.message} ${about} ${String(failure.cause)}`),
  )
  return {
    gateway: services.url,
    broker: kafka.partnerBrokers[0] ?? '',
    identity: (partner) => join(data, 'partners', partner),
    folder,
    kafka,
    connection,
    reports,
    stop: async () => {
      await services.stop()
      await topics.gateway.close()
      await topics.courier.close()
      await store.close()
      await kafka.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

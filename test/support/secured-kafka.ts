import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { applyDeclaration } from '#adapters/kafka/apply-topics.ts'
import { connectAdmin } from '#adapters/kafka/client.ts'
import { type Declaration, type KafkaPartner, readDeclaration } from '#adapters/kafka/declaration.ts'
import type { WireTarget, WireTls } from '#adapters/kafka/wire.ts'
import { pkcs8 } from '#adapters/pki/certificate-der.ts'
import { type CaIdentity, createCa } from '#adapters/pki/create-ca.ts'
import { issueCertificate } from '#adapters/pki/issue-certificate.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { clusterPki } from '../../infra/kafka/cluster-pki.ts'
import { whyNoJars } from '../../infra/kafka/fetch-jars.ts'
import { type RunningBrokers, runBrokers } from '../../infra/kafka/run-brokers.ts'
import { notRun } from './kafka.ts'

export const pki = systemPkiPorts(systemClock, systemRandom)

export interface SecuredKafka {
  readonly running: RunningBrokers
  /** Holds `ca.pem` and each identity's key and certificate. */
  readonly identities: string
  /** Of the brokers' certificates. */
  readonly ca: string
  /** Issues the partners' certificates. */
  readonly partnerCa: CaIdentity
  readonly declaration: Declaration
  asService(name: string): Promise<WireTarget>
  /** A fresh client certificate of this OIN; `commonName` and `issuer` as a hostile order would have them. */
  asPartner(oin: string, order?: { readonly commonName?: string; readonly issuer?: CaIdentity }): WireTarget
  /** Applies what is declared for these partners. */
  apply(partners: readonly KafkaPartner[], prune?: boolean): Promise<void>
  stop(): Promise<void>
}

/** Key and certificate for mutual TLS, PEM. */
export function partnerTls(ca: CaIdentity, serverCa: string, oin: string, commonName = 'partner'): WireTls {
  const { publicKey, privateKey } = pki.keyPair('P-256')
  const order = { oin, commonName, organisation: 'Test', use: 'tls' as const, publicKey }
  const { certPem } = issueCertificate(pki, ca, order)
  return { ca: serverCa, cert: certPem, key: pkcs8(privateKey) }
}

const TOPICS = new URL('../../infra/kafka/topics.json', import.meta.url).pathname

/**
 * One broker with TLS, mutual TLS, SCRAM and rights, from Maven jars, topics and rights applied for `partners`. Undefined where
 * that cannot be had (it has said NOT RUN); under `CI=true` that throws.
 */
export async function startSecuredKafka(
  partners: readonly KafkaPartner[],
): Promise<SecuredKafka | undefined> {
  const reason = await whyNoJars()
  if (reason !== undefined) return notRun(reason)
  const folder = await mkdtemp(join(tmpdir(), 'schakel-kafka-'))
  await mkdir(folder, { recursive: true })
  const partnerCa = createCa(pki, { commonName: 'Test partner CA' })
  const identities = join(folder, 'identities')
  const security = await clusterPki(pki, identities, partnerCa.certPem)
  const running = await runBrokers({ folder, count: 1, security }).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true })
    throw error
  })
  const ca = security.admin.ca
  const [broker = ''] = running.brokers
  const [partnerBroker = ''] = running.partnerBrokers
  const declared = (list: readonly KafkaPartner[]) =>
    readDeclaration(TOPICS, { partners: list, single: true })
  const apply = async (list: readonly KafkaPartner[], prune = false) => {
    const admin = await connectAdmin({ brokers: running.brokers, clientId: 'test', tls: security.admin })
    try {
      const options = { dryRun: false, prune, secured: true }
      await applyDeclaration(admin, { broker, tls: security.admin }, await declared(list), options)
    } finally {
      await admin.disconnect()
    }
  }
  const stop = async () => {
    await running.stop()
    if (existsSync(folder)) await rm(folder, { recursive: true, force: true })
  }
  try {
    await apply(partners)
  } catch (error) {
    await stop()
    throw error
  }
  const pem = (name: string) => readFile(join(identities, name), 'utf8')
  return {
    running,
    identities,
    ca,
    partnerCa,
    declaration: await declared(partners),
    asService: async (name) => {
      const tls = { ca, cert: await pem(`${name}.cert.pem`), key: await pem(`${name}.key.pem`) }
      return { broker, tls }
    },
    asPartner: (oin, order = {}) => ({
      broker: partnerBroker,
      tls: partnerTls(order.issuer ?? partnerCa, ca, oin, order.commonName),
    }),
    apply,
    stop,
  }
}

/** Keys, passwords and configuration of the compose file: one machine, for development. Everything lies in one folder. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '#adapters/clock/system.ts'
import { type CaIdentity, createCa } from '#adapters/pki/create-ca.ts'
import { issueServiceCertificate } from '#adapters/pki/issue-service-certificate.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { foundAuthority } from '#services/cli/first-time/authority.ts'
import { IDENTITIES, type StoreConfig, writeStoreConfig } from '#services/cli/store-config.ts'
import { storePaths } from '#services/cli/store-paths.ts'
import { serverProperties } from '../kafka/server-properties.ts'

const BROKERS = [1, 2, 3] as const
const SECRET_BYTES = 32
/** Every process that keeps something, and its folder. */
export const INSTANCES = [
  'exchange-a',
  'exchange-b',
  'gateway-a',
  'gateway-b',
  'courier',
  'ledger',
  'console',
  'keeper',
] as const

export const STORE: StoreConfig = {
  log: {
    kind: 'kafka',
    brokers: BROKERS.map((id) => `kafka-${id}:9093`),
    identities: '/run/schakel/identity',
    ca: '/run/schakel/kafka-ca.pem',
  },
  keys: {
    kind: 'postgres',
    host: 'postgres',
    port: 5432,
    database: 'schakel',
    passwords: '/run/schakel/password',
    ca: '/run/schakel/postgres-ca.pem',
    wrappingKeys: '/run/schakel/wrapping.keys',
  },
  registry: { kind: 'confluent', url: 'http://registry:8080/apis/ccompat/v7' },
}

const pki = systemPkiPorts(systemClock, systemRandom)
const secret = (encoding: 'base64' | 'base64url'): string =>
  `${randomBytes(SECRET_BYTES).toString(encoding)}\n`
const write = (path: string, text: string) => writeFile(path, text, { mode: 0o600 })

async function folder(...parts: string[]): Promise<string> {
  const path = join(...parts)
  await mkdir(path, { recursive: true, mode: 0o700 })
  return path
}

/** What one broker of three says of itself; the secured profile of `infra/kafka`, with names in place of loopback. */
function propertiesOf(id: number, partnerHost: string): string {
  const secrets = '/run/schakel'
  const none = { internal: 0, controller: 0, partner: 0, scram: 0 }
  const advertised = `INTERNAL://kafka-${id}:9093,PARTNER://${partnerHost}:${9190 + id},SCRAM://${partnerHost}:${9290 + id}`
  return serverProperties({
    id,
    ports: [none, none, none],
    logDir: '/var/lib/kafka/data',
    secured: {
      keystore: `${secrets}/broker.keystore.pem`,
      serviceCa: `${secrets}/ca.pem`,
      partnerCa: `${secrets}/partner-ca.pem`,
    },
    extra: {
      listeners: `INTERNAL://:9093,PARTNER://:${9190 + id},SCRAM://:${9290 + id},CONTROLLER://:9091`,
      'advertised.listeners': advertised,
      'controller.quorum.voters': BROKERS.map((one) => `${one}@kafka-${one}:9091`).join(','),
    },
  })
}

async function brokerFolders(
  state: string,
  ca: CaIdentity,
  partnerCa: string,
  partnerHost: string,
): Promise<void> {
  for (const id of BROKERS) {
    const own = await folder(state, `kafka-${id}`)
    const hosts = [...new Set([`kafka-${id}`, 'localhost', '127.0.0.1', partnerHost])]
    const { certPem, keyPem } = issueServiceCertificate(pki, ca, { name: 'broker', hosts })
    await write(join(own, 'broker.keystore.pem'), `${keyPem}${certPem}`)
    await write(join(own, 'ca.pem'), ca.certPem)
    await write(join(own, 'partner-ca.pem'), partnerCa)
    await write(join(await folder(own, 'config'), 'server.properties'), propertiesOf(id, partnerHost))
    await folder(state, 'volumes', `kafka-${id}`)
  }
}

/** Services hold their own key and password only; the operator also the administrator's. */
async function identities(state: string, ca: CaIdentity): Promise<void> {
  for (const identity of IDENTITIES) {
    const own = await folder(state, 'identity', identity)
    for (const name of identity === 'operator' ? [identity, 'admin'] : [identity]) {
      const { certPem, keyPem } = issueServiceCertificate(pki, ca, { name })
      await write(join(own, `${name}.cert.pem`), certPem)
      await write(join(own, `${name}.key.pem`), keyPem)
    }
    await write(join(await folder(state, 'password'), identity), secret('base64url'))
  }
}

async function postgres(state: string): Promise<void> {
  const own = await folder(state, 'postgres')
  const ca = createCa(pki, { commonName: 'Schakel development database CA' })
  const { certPem, keyPem } = issueServiceCertificate(pki, ca, { name: 'postgres', hosts: ['postgres'] })
  await write(join(own, 'server.crt'), certPem)
  await write(join(own, 'server.key'), keyPem)
  await write(join(own, 'ca.pem'), ca.certPem)
  await write(join(own, 'owner-password'), secret('base64url'))
  const registry = secret('base64url')
  await write(join(own, 'registry-password'), registry)
  await write(join(own, 'registry.properties'), `apicurio.datasource.password=${registry}`)
  await write(join(state, 'wrapping.keys'), secret('base64'))
}

/** Makes the folder whole or not at all; one that is there stays as it is (false). `partnerHost`: the name partners reach brokers by. */
export async function makeState(state: string, partnerHost = 'localhost'): Promise<boolean> {
  if (existsSync(state)) return false
  const fresh = `${state}.new`
  await rm(fresh, { recursive: true, force: true })
  await folder(fresh)
  const data = await folder(fresh, 'data')
  const partnerCa = await foundAuthority(pki, storePaths(data))
  // The founding writes these two; an engine wants to see a file before it makes a container that mounts it.
  for (const name of ['gateway.key.pem', 'gateway.cert.pem']) await write(join(data, 'pki', name), '')
  const ca = createCa(pki, { commonName: 'Schakel development cluster CA' })
  await write(join(fresh, 'kafka-ca.pem'), ca.certPem)
  await brokerFolders(fresh, ca, partnerCa.certPem, partnerHost)
  await identities(fresh, ca)
  await postgres(fresh)
  await writeStoreConfig(data, STORE)
  await write(join(await folder(fresh, 'grafana'), 'admin-password'), secret('base64url'))
  await folder(data, 'ledger')
  for (const name of [...INSTANCES, 'postgres', 'prometheus', 'grafana']) {
    await folder(fresh, 'volumes', name)
  }
  await rename(fresh, state)
  return true
}

import { join } from 'node:path'

export interface NodePorts {
  readonly internal: number
  readonly controller: number
  /** Secured form only. */
  readonly partner: number
  readonly scram: number
  /** Brokers among each other; absent: by the services' listener. What stands before that one does not stand between brokers then. */
  readonly replication?: number | undefined
}

export interface SecuredFiles {
  /** PEM: PKCS#8 key and chain of the brokers. */
  readonly keystore: string
  /** PEM: who may be a service or a broker. */
  readonly serviceCa: string
  /** PEM: who may be a partner. */
  readonly partnerCa: string
}

export interface NodePlan {
  /** 1, 2, 3. */
  readonly id: number
  readonly ports: readonly NodePorts[]
  readonly logDir: string
  readonly secured?: SecuredFiles
  /** Port under which the services' listener is known; default: its own. */
  readonly advertised?: number
  readonly extra?: Readonly<Record<string, string>>
}

const REPLICATION = 'REPLICATION'
const HOST = '127.0.0.1'
const MESSAGE_BYTES = 4 * 1024 * 1024

/**
 * Principal of a partner: what Java prints of `subject.serialNumber`, `1314` + hex of the 20 digits of the OIN. The attribute is
 * taken only where a name part begins: a comma that is not escaped, or the start. A CN that holds this text changes nothing.
 */
export const PARTNER_RULE = 'RULE:^(?:.*[^\\\\],)?2\\.5\\.4\\.5=#(1314[0-9a-f]{40})(?:,.*)?$/$1/'
/** Principal of a service: the CN of a certificate of the cluster's own CA, and nothing else in the name but these three. */
export const SERVICE_RULE = 'RULE:^CN=([a-z][a-z0-9-]{0,31}),O=Schakel,C=NL$/$1/'

/** Factors for one broker are one: nothing survives its disk. */
function factors(count: number): Record<string, string> {
  const [replicas, insync] = count === 1 ? ['1', '1'] : ['3', '2']
  return {
    'default.replication.factor': replicas,
    'min.insync.replicas': insync,
    'offsets.topic.replication.factor': replicas,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': insync,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': insync,
  }
}

/** Small, and quick to see that a broker is gone (kafka.md §2). */
const SMALL: Readonly<Record<string, string>> = {
  'auto.create.topics.enable': 'false',
  'unclean.leader.election.enable': 'false',
  'message.max.bytes': String(MESSAGE_BYTES),
  'replica.fetch.max.bytes': String(MESSAGE_BYTES),
  'log.message.timestamp.type': 'LogAppendTime',
  'offsets.topic.num.partitions': '4',
  'transaction.state.log.num.partitions': '4',
  'group.initial.rebalance.delay.ms': '0',
  'log.cleaner.dedupe.buffer.size': '4194304',
  'num.network.threads': '2',
  'num.io.threads': '4',
  'broker.session.timeout.ms': '3000',
  'broker.heartbeat.interval.ms': '500',
  'replica.lag.time.max.ms': '5000',
}

function listeners({ id, ports, secured, advertised: known }: NodePlan): Record<string, string> {
  const own = ports[id - 1]
  if (!own) throw new RangeError(`no ports for node ${id}`)
  const client = secured ? 'INTERNAL' : 'CLIENT'
  const named: [string, string, number][] = secured
    ? [
        [client, 'SSL', own.internal],
        ['PARTNER', 'SSL', own.partner],
        ['SCRAM', 'SASL_SSL', own.scram],
        ...(own.replication ? [[REPLICATION, 'SSL', own.replication] as [string, string, number]] : []),
      ]
    : [[client, 'PLAINTEXT', own.internal]]
  const listening = named.map(([name, , port]) => `${name}://${HOST}:${port}`).join(',')
  const advertised = named
    .map(([name, , port]) => `${name}://${HOST}:${name === client ? (known ?? port) : port}`)
    .join(',')
  const map = named.map(([name, protocol]) => `${name}:${protocol}`).join(',')
  const voters =
    ports.length === 1
      ? { 'controller.quorum.bootstrap.servers': `${HOST}:${own.controller}` }
      : {
          'controller.quorum.voters': ports.map((p, i) => `${i + 1}@${HOST}:${p.controller}`).join(','),
          'broker.rack': `rack-${id}`,
        }
  return {
    listeners: `${listening},CONTROLLER://${HOST}:${own.controller}`,
    'advertised.listeners': advertised,
    'listener.security.protocol.map': `${map},CONTROLLER:${secured ? 'SSL' : 'PLAINTEXT'}`,
    'controller.listener.names': 'CONTROLLER',
    'inter.broker.listener.name': secured && own.replication ? REPLICATION : client,
    ...voters,
  }
}

/** TLS 1.3 everywhere; no listener takes a certificate of another's CA; who is not named by a rule is nobody. */
function security(files: SecuredFiles, apart: boolean): Record<string, string> {
  const trusting = (listener: string, ca: string, rule: string) => ({
    [`listener.name.${listener}.ssl.truststore.type`]: 'PEM',
    [`listener.name.${listener}.ssl.truststore.location`]: ca,
    [`listener.name.${listener}.ssl.client.auth`]: 'required',
    [`listener.name.${listener}.ssl.principal.mapping.rules`]: rule,
  })
  return {
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': files.keystore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': files.serviceCa,
    'ssl.enabled.protocols': 'TLSv1.3',
    'ssl.protocol': 'TLSv1.3',
    'ssl.client.auth': 'required',
    'ssl.principal.mapping.rules': SERVICE_RULE,
    ...trusting('internal', files.serviceCa, SERVICE_RULE),
    ...trusting('controller', files.serviceCa, SERVICE_RULE),
    ...(apart ? trusting(REPLICATION.toLowerCase(), files.serviceCa, SERVICE_RULE) : {}),
    ...trusting('partner', files.partnerCa, PARTNER_RULE),
    'listener.name.scram.ssl.client.auth': 'none',
    'sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.scram.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.scram.scram-sha-512.sasl.jaas.config':
      'org.apache.kafka.common.security.scram.ScramLoginModule required;',
    // A deleted user is out after this long at the latest, even on an open connection.
    'listener.name.scram.scram-sha-512.connections.max.reauth.ms': '600000',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'allow.everyone.if.no.acl.found': 'false',
    'super.users': 'User:admin;User:broker',
  }
}

/** Text of `server.properties` of one node that is broker and controller (KRaft). */
export function serverProperties(plan: NodePlan): string {
  const all: Record<string, string> = {
    'process.roles': 'broker,controller',
    'node.id': String(plan.id),
    'log.dirs': plan.logDir,
    ...factors(plan.ports.length),
    ...SMALL,
    ...listeners(plan),
    ...(plan.secured
      ? security(
          plan.secured,
          plan.ports.some((one) => one.replication),
        )
      : {}),
    ...plan.extra,
  }
  const escaped = (value: string) => value.replace(/\\/g, '\\\\')
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${escaped(value)}`)
    .join('\n')}\n`
}

export function metadataFolder(folder: string, id: number): string {
  return join(folder, `broker-${id}`)
}

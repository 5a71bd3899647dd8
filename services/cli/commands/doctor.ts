import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { checkTopicsAndRights, type Deviation } from '#adapters/kafka/check-topics.ts'
import { asFailure } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'
import { readCa } from '#core/message/certificate.ts'
import { readCrl, requireCurrentCrl } from '#core/message/crl.ts'
import { checkPostgres } from '../../../infra/postgres/check-postgres.ts'
import type { Call, CliCommand, ExitCode } from '../command.ts'
import { formatTable } from '../format-table.ts'
import { declarationFor, kafkaConfig, openCluster, partnersOf } from '../kafka-cluster.ts'
import { postgresTarget } from '../open-parts.ts'
import { openStore, type Store } from '../open-store.ts'
import { followHeads } from '../partition-heads.ts'
import { configuredPath, IDENTITIES, readStoreConfig } from '../store-config.ts'

interface Finding {
  readonly check: string
  readonly ok: boolean
  readonly detail: string
}

const NODE_MAJOR = 24
const MODE_BITS = 0o777
const MODE = 0o700

async function examine(check: string, probe: () => Promise<string> | string): Promise<Finding> {
  try {
    return { check, ok: true, detail: await probe() }
  } catch (error) {
    return { check, ok: false, detail: error instanceof Error ? error.message : asFailure(error).message }
  }
}

function need(condition: boolean, text: string): string {
  if (!condition) throw new Error(text)
  return text
}

/** Message of a failed expectation instead of a code: `examine` shows what was found. */
async function expectation(check: string, probe: () => { ok: boolean; detail: string }): Promise<Finding> {
  return { check, ...probe() }
}

function surroundings(call: Call): Promise<readonly Finding[]> {
  return Promise.all([
    expectation('node', () => {
      const major = Number(process.versions.node.split('.')[0])
      return { ok: major >= NODE_MAJOR, detail: process.versions.node }
    }),
    expectation('data directory', () => ({ ok: existsSync(call.data), detail: call.data })),
    expectation('its mode', () => {
      const mode = existsSync(call.data) ? statSync(call.data).mode & MODE_BITS : 0
      return { ok: mode === MODE || process.platform === 'win32', detail: `0${mode.toString(8)}` }
    }),
  ])
}

async function keysOf(store: Store): Promise<string> {
  const { epoch } = store.control.current()
  const now = store.clock.now()
  const inForce = (key: { from: number; until: number }) => key.from <= now && now < key.until
  const intake = epoch.intakeKeys.filter(inForce)
  const label = epoch.labelKeys.filter(inForce)
  const wanted = [
    ...intake.map((key) => `i:${key.kid}`),
    ...label.flatMap((key) => [`l:${key.kid}`, `s:${key.kid}`]),
    ...[...epoch.commandKeys.keys()].map((name) => `op:${name}`),
    'op:ledger',
  ]
  const missing: string[] = []
  for (const id of wanted) if (!(await store.keys.get(id))) missing.push(id)
  need(intake.length > 0 && label.length > 0, 'no intake or label key is in force')
  need(missing.length === 0, `missing ${missing.join(', ')}`)
  return `${wanted.length} private keys for what control publishes`
}

async function crlOf(store: Store): Promise<string> {
  const text = async (path: string) =>
    Buffer.from((await store.control.artefact(path)) ?? []).toString('utf8')
  const crl = readCrl(await text('pki/crl.pem'), readCa(await text('pki/ca.pem')))
  requireCurrentCrl(crl, store.clock.now())
  return `current until ${new Date(crl.nextUpdate).toISOString()}, ${crl.serials.size} revoked`
}

async function inside(store: Store): Promise<readonly Finding[]> {
  const { latest } = store.control.state()
  return [
    { check: 'log', ok: true, detail: `genesis ${store.logId}` },
    { check: 'control', ok: true, detail: `epoch ${latest} resolves` },
    await examine('outcomes', async () => {
      const heads = await followHeads(store)()
      const behind = heads.filter((head) => head.epoch < latest).length
      const records = heads.reduce((sum, head) => sum + head.seq, 0)
      return `${records} records in ${LIMITS.partitions} chains, ${behind} partitions not yet under epoch ${latest}`
    }),
    await examine('keys', () => keysOf(store)),
    await examine('revocation list', () => crlOf(store)),
    await examine('ledger', () =>
      need(existsSync(`${store.paths.ledger}/checkpoint`), `checkpoint in ${store.paths.ledger}`),
    ),
  ]
}

function explained({ what, setting, is, shouldBe, why, mend }: Deviation): Finding {
  const detail = `${setting}: is ${is}, should be ${shouldBe}, because ${why}. To mend it: ${mend}`
  return { check: `kafka ${what}`, ok: false, detail }
}

/** Topics, rights and quotas against infra/kafka/topics.json; nothing when this data directory is embedded. */
async function kafkaOf(call: Call): Promise<readonly Finding[]> {
  try {
    const config = await kafkaConfig(call.data)
    if (!config) return []
    const cluster = await openCluster(call.data, config)
    try {
      const declaration = await declarationFor(
        cluster,
        await partnersOf(call.data, cluster),
        call.flag('single'),
      )
      const { admin, target } = cluster
      const deviations = await checkTopicsAndRights(admin, target, declaration, { secured: true })
      const { topics, rights, quotas } = declaration
      const detail = `${topics.length} topics, ${rights.length} rights, ${quotas.length} quotas as declared`
      return deviations.length === 0 ? [{ check: 'kafka', ok: true, detail }] : deviations.map(explained)
    } finally {
      await cluster.close()
    }
  } catch (error) {
    return [{ check: 'kafka', ok: false, detail: asFailure(error).message }]
  }
}

/** Nothing when the keys are embedded. */
async function postgresOf(call: Call): Promise<readonly Finding[]> {
  const { keys } = await readStoreConfig(call.data)
  if (!keys) return []
  const found = await checkPostgres(await postgresTarget(call.data, keys, 'operator'))
  const files = [keys.wrappingKeys, ...IDENTITIES.map((identity) => join(keys.passwords, identity))]
  const open = files.filter((file) => (statSync(configuredPath(call.data, file)).mode & 0o077) !== 0)
  const detail = open.length === 0 ? 'mode 0600' : `others may read ${open.join(', ')}: chmod 600`
  return [
    ...found.map(({ name, ok, detail }) => ({ check: name, ok, detail })),
    { check: 'secrets of PostgreSQL', ok: open.length === 0, detail },
  ]
}

async function run(call: Call): Promise<ExitCode> {
  const findings = [...(await surroundings(call)), ...(await kafkaOf(call)), ...(await postgresOf(call))]
  try {
    const store = await openStore(call.data)
    try {
      findings.push(...(await inside(store)))
    } finally {
      await store.close()
    }
  } catch (error) {
    findings.push({ check: 'store', ok: false, detail: asFailure(error).message })
  }
  const ok = findings.every((finding) => finding.ok)
  const rows = findings.map(({ check, ok: good, detail }) => [good ? 'ok' : 'NOT OK', check, detail])
  call.out.answer({ ok, findings }, formatTable(['', 'check', 'found'], rows))
  return ok ? 0 : 1
}

export const doctor: CliCommand = {
  name: 'doctor',
  usage: 'doctor [--single]',
  summary: 'Whether this machine and data directory are fit to run; changes nothing',
  options: {
    single: { type: 'boolean', text: 'Kafka with one broker: one replica each is as it should be' },
  },
  positionals: [0, 0],
  run,
}

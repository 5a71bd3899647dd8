import { setTimeout as delay } from 'node:timers/promises'
import { fail } from '#core/failure.ts'
import { aclText, allAcls, compareAcls, createAcls, deleteAcls } from './acls.ts'
import { type ClusterAdmin, orKafka, SET_ON_TOPIC, setTopicConfig, topicConfigs } from './cluster-admin.ts'
import type { Declaration, DeclaredTopic } from './declaration.ts'
import { describeQuotas, quotasToSet, setQuotas } from './quotas.ts'
import type { WireTarget } from './wire.ts'

const IN_FORCE_MS = 15_000
const POLL_MS = 100

export interface ApplyOptions {
  /** Say what would be done, and do nothing. */
  readonly dryRun: boolean
  /** Take away rights that no declaration names. */
  readonly prune: boolean
  readonly secured: boolean
}

/** `left`: as declared · `surplus`: not declared, and left because `prune` was not asked. */
export interface ApplyStep {
  readonly step: 'created' | 'changed' | 'removed' | 'left' | 'surplus'
  readonly what: string
  readonly detail: string
}

function requireShape(topic: DeclaredTopic, partitions: readonly { readonly replicas: readonly number[] }[]) {
  if (partitions.length !== topic.partitions)
    fail(
      'OPS_KAFKA',
      `/${topic.name}/partitions`,
      `topic ${topic.name} has ${partitions.length} partitions, declared are ${topic.partitions}: one count for life`,
    )
  const factor = Math.min(...partitions.map((one) => one.replicas.length))
  if (factor < topic.replicationFactor)
    fail(
      'OPS_KAFKA',
      `/${topic.name}/replicationFactor`,
      `topic ${topic.name} has ${factor} replicas, declared are ${topic.replicationFactor}: move them by hand`,
    )
}

async function createMissing(
  admin: ClusterAdmin,
  topics: readonly DeclaredTopic[],
  options: ApplyOptions,
): Promise<readonly ApplyStep[]> {
  if (topics.length > 0 && !options.dryRun)
    await admin.createTopics({
      waitForLeaders: true,
      topics: topics.map(({ name, partitions, replicationFactor, config }) => ({
        topic: name,
        numPartitions: partitions,
        replicationFactor,
        configEntries: Object.entries(config).map(([key, value]) => ({ name: key, value })),
      })),
    })
  return topics.map(({ name, partitions, replicationFactor }) => ({
    step: 'created',
    what: `topic ${name}`,
    detail: `${partitions} partitions, ${replicationFactor} replicas`,
  }))
}

/** Settings beside the declared ones stay as they are; the request replaces all, so they are sent along. */
async function mendConfigs(
  admin: ClusterAdmin,
  topics: readonly DeclaredTopic[],
  options: ApplyOptions,
): Promise<readonly ApplyStep[]> {
  const found = await topicConfigs(
    admin,
    topics.map((topic) => topic.name),
  )
  const steps: ApplyStep[] = []
  for (const { name, config } of topics) {
    const entries = found.get(name) ?? []
    const has = new Map(entries.map((one) => [one.configName, one.configValue]))
    const wrong = Object.entries(config).filter(([key, value]) => has.get(key) !== value)
    const detail = wrong.map(([key, value]) => `${key} ${has.get(key)} → ${value}`).join(', ')
    steps.push({ step: wrong.length > 0 ? 'changed' : 'left', what: `topic ${name}`, detail })
    if (wrong.length === 0 || options.dryRun) continue
    const own = entries.filter((one) => one.configSource === SET_ON_TOPIC)
    const kept = Object.fromEntries(own.map((one) => [one.configName, one.configValue]))
    await setTopicConfig(admin, name, { ...kept, ...config })
  }
  return steps
}

async function applyTopics(
  admin: ClusterAdmin,
  topics: readonly DeclaredTopic[],
  options: ApplyOptions,
): Promise<readonly ApplyStep[]> {
  const there = new Set(await admin.listTopics())
  const known = topics.filter((topic) => there.has(topic.name))
  if (known.length > 0) {
    const { topics: found } = await admin.fetchTopicMetadata({ topics: known.map((one) => one.name) })
    // Everything is looked at before anything is changed.
    for (const topic of known) {
      const one = found.find((each) => each.name === topic.name)
      if (one) requireShape(topic, one.partitions)
    }
  }
  const missing = topics.filter((topic) => !there.has(topic.name))
  return [...(await createMissing(admin, missing, options)), ...(await mendConfigs(admin, known, options))]
}

/** A broker answers before its own authorizer has heard of it (seen: 1.7 s): what is said to be done is in force. */
async function waitInForce(
  admin: ClusterAdmin,
  declaration: Declaration,
  { prune }: ApplyOptions,
): Promise<void> {
  for (let waited = 0; waited < IN_FORCE_MS; waited += POLL_MS) {
    const { missing, barred, surplus } = compareAcls(declaration, await allAcls(admin))
    if (missing.length + barred.length + (prune ? surplus.length : 0) === 0) return
    await delay(POLL_MS)
  }
  fail('OPS_KAFKA', undefined, 'rights were accepted and are not in force yet: apply again')
}

async function applyRights(
  admin: ClusterAdmin,
  declaration: Declaration,
  options: ApplyOptions,
): Promise<readonly ApplyStep[]> {
  const { missing, barred, surplus } = compareAcls(declaration, await allAcls(admin))
  const removed = options.prune ? [...barred, ...surplus] : barred
  if (!options.dryRun) {
    // First what nobody may have, then what is missing.
    await deleteAcls(admin, removed)
    await createAcls(admin, missing)
    if (removed.length + missing.length > 0) await waitInForce(admin, declaration, options)
  }
  const kept = options.prune ? [] : surplus
  const lines = (step: ApplyStep['step'], acls: typeof missing): ApplyStep[] =>
    acls.map((acl) => ({ step, what: 'right', detail: aclText(acl) }))
  const right = declaration.rights.length - missing.length
  return [
    ...lines('removed', removed),
    ...lines('created', missing),
    ...lines('surplus', kept),
    ...(right > 0 ? [{ step: 'left', what: 'rights', detail: `${right} as declared` } as const] : []),
  ]
}

async function applyQuotas(
  target: WireTarget,
  declaration: Declaration,
  options: ApplyOptions,
): Promise<readonly ApplyStep[]> {
  const wrong = quotasToSet(declaration.quotas, await describeQuotas(target))
  if (!options.dryRun && wrong.length > 0) await setQuotas(target, wrong)
  const left = declaration.quotas.length - wrong.length
  return [
    ...wrong.map(({ principal, producerByteRate, consumerByteRate, requestPercentage }) => ({
      step: 'changed' as const,
      what: `quota of ${principal === undefined ? 'anybody' : `User:${principal}`}`,
      detail: `in ${producerByteRate} B/s, out ${consumerByteRate} B/s, requests ${requestPercentage} %`,
    })),
    ...(left > 0 ? [{ step: 'left', what: 'quotas', detail: `${left} as declared` } as const] : []),
  ]
}

/**
 * Makes the cluster as declared, and says what it did; done twice, the second time leaves everything. Never removes or shrinks a
 * topic and never changes a number of partitions or replicas: a topic that differs there throws `OPS_KAFKA` before anything is
 * changed. `secured` false leaves out rights and quotas.
 */
export async function applyDeclaration(
  admin: ClusterAdmin,
  target: WireTarget,
  declaration: Declaration,
  options: ApplyOptions,
): Promise<readonly ApplyStep[]> {
  return await orKafka(async () => {
    const topics = await applyTopics(admin, declaration.topics, options)
    if (!options.secured) return topics
    const rights = await applyRights(admin, declaration, options)
    return [...topics, ...rights, ...(await applyQuotas(target, declaration, options))]
  })
}

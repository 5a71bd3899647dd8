import { aclText, allAcls, compareAcls } from './acls.ts'
import { type ClusterAdmin, orKafka, type TopicFound, topicConfigs } from './cluster-admin.ts'
import type { Declaration, DeclaredTopic } from './declaration.ts'
import { describeQuotas, quotasToSet } from './quotas.ts'
import type { WireTarget } from './wire.ts'

/** One setting that is not as declared. */
export interface Deviation {
  /** `topic outcomes`, `right`, `quota`. */
  readonly what: string
  readonly setting: string
  readonly is: string
  readonly shouldBe: string
  readonly why: string
  /** The command that mends it, or what to do where none can. */
  readonly mend: string
}

export const APPLY = 'schakel kafka apply'
const PRUNE = 'schakel kafka apply --prune'

/** Why each setting is as it is: what goes wrong otherwise. */
const WHY: Readonly<Record<string, string>> = {
  'cleanup.policy': 'compaction would remove records that the chain needs',
  'message.timestamp.type': 'the clock check compares a writer with the append time of the log',
  'compression.type':
    'what is stored is ciphertext, which no codec shrinks; readers need know none that a partner may choose',
  'max.message.bytes': 'a block of outcomes is one batch of at most 4 MiB',
  'unclean.leader.election.enable': 'a broker that lags would take over and drop acknowledged records',
  'retention.bytes': 'records would go by size, whatever their age',
  'retention.ms': 'records would go before the design allows it, or stay longer',
  'min.insync.replicas': 'an acknowledged record would be on one disk only',
}

const PARTITIONS_WHY =
  'the partition of a case is its hash modulo the count: another count tears cases apart, and control names one genesis for each'
const REPLICAS_WHY = 'with fewer replicas one lost disk loses acknowledged records'
const REASSIGN = 'move partitions with kafka-reassign-partitions; a factor is not changed by us'

function checkShape(topic: DeclaredTopic, found: TopicFound): readonly Deviation[] {
  const what = `topic ${topic.name}`
  const deviations: Deviation[] = []
  if (found.partitions.length !== topic.partitions)
    deviations.push({
      what,
      setting: 'partitions',
      is: String(found.partitions.length),
      shouldBe: String(topic.partitions),
      why: PARTITIONS_WHY,
      mend: 'no command: this is another topic. Restore the right one; never change the count',
    })
  const factor = Math.min(...found.partitions.map((partition) => partition.replicas.length))
  if (factor < topic.replicationFactor)
    deviations.push({
      what,
      setting: 'replication factor',
      is: String(factor),
      shouldBe: String(topic.replicationFactor),
      why: REPLICAS_WHY,
      mend: REASSIGN,
    })
  const behind = found.partitions.filter((one) => one.isr.length < one.replicas.length).length
  if (behind > 0)
    deviations.push({
      what,
      setting: 'replicas in sync',
      is: `${behind} of ${found.partitions.length} partitions have a replica behind`,
      shouldBe: 'all in sync',
      why: 'below min.insync.replicas nothing can be written',
      mend: 'start the broker that is down; wait',
    })
  return deviations
}

async function checkTopics(
  admin: ClusterAdmin,
  topics: readonly DeclaredTopic[],
): Promise<readonly Deviation[]> {
  const there = new Set(await admin.listTopics())
  const known = topics.filter((topic) => there.has(topic.name))
  const names = known.map((topic) => topic.name)
  const configs = await topicConfigs(admin, names)
  const shapes = names.length === 0 ? [] : (await admin.fetchTopicMetadata({ topics: names })).topics
  return topics.flatMap((topic): readonly Deviation[] => {
    const what = `topic ${topic.name}`
    if (!there.has(topic.name))
      return [{ what, setting: 'exists', is: 'no', shouldBe: 'yes', why: topic.why, mend: APPLY }]
    const shape = shapes.find((one) => one.name === topic.name)
    const has = new Map(configs.get(topic.name)?.map((one) => [one.configName, one.configValue]))
    const wrong = Object.entries(topic.config).filter(([name, value]) => has.get(name) !== value)
    return [
      ...(shape ? checkShape(topic, shape) : []),
      ...wrong.map(([setting, shouldBe]) => ({
        what,
        setting,
        is: has.get(setting) ?? 'not set',
        shouldBe,
        why: setting === 'retention.ms' ? `${WHY[setting]}: ${topic.why}` : (WHY[setting] ?? ''),
        mend: APPLY,
      })),
    ]
  })
}

async function checkRights(admin: ClusterAdmin, declaration: Declaration): Promise<readonly Deviation[]> {
  const { missing, barred, surplus } = compareAcls(declaration, await allAcls(admin))
  const line =
    (is: string, shouldBe: string, why: string, mend: string) => (acl: (typeof missing)[number]) => ({
      what: 'right',
      setting: aclText(acl),
      is,
      shouldBe,
      why,
      mend,
    })
  return [
    ...missing.map(line('absent', 'granted', 'who needs it is refused by the broker', APPLY)),
    ...barred.map(line('granted', 'absent', 'this partner is suspended', APPLY)),
    ...surplus.map(line('granted', 'absent', 'a right that no declaration names and nobody has read', PRUNE)),
  ]
}

async function checkQuotas(target: WireTarget, declaration: Declaration): Promise<readonly Deviation[]> {
  const found = await describeQuotas(target)
  return quotasToSet(declaration.quotas, found).map((quota) => {
    const has = found.find((one) => one.principal === quota.principal)
    const text = (one: typeof has) =>
      `${one?.producerByteRate ?? '-'}/${one?.consumerByteRate ?? '-'}/${one?.requestPercentage ?? '-'}`
    return {
      what: 'quota',
      setting: quota.principal === undefined ? 'anybody' : `User:${quota.principal}`,
      is: text(has),
      shouldBe: text({ ...quota }),
      why: 'one partner could take the whole cluster (bytes in/bytes out/request per cent)',
      mend: APPLY,
    }
  })
}

/**
 * Every setting of the cluster that is not as declared; empty: all is well. Changes nothing. `secured` false leaves out rights
 * and quotas: a plain-text cluster of a test has no principals. Throws `OPS_KAFKA` when the cluster cannot be asked.
 */
export async function checkTopicsAndRights(
  admin: ClusterAdmin,
  target: WireTarget,
  declaration: Declaration,
  options: { readonly secured: boolean },
): Promise<readonly Deviation[]> {
  return await orKafka(async () => {
    const topics = await checkTopics(admin, declaration.topics)
    if (!options.secured) return topics
    const rights = await checkRights(admin, declaration)
    return [...topics, ...rights, ...(await checkQuotas(target, declaration))]
  })
}

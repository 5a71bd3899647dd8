import { LIMITS } from '#core/limits.ts'
import { assignShares, type ShareMember } from './assign-shares.ts'
import type { KafkaBroker } from './cluster.ts'
import { errorType, type Lane } from './lane.ts'

const PROTOCOL = 'schakel-share'
const NAME = 'sticky-1'
/** Beyond this, somebody else writes in our group. */
const TEXT_MAX = 4_096

/**
 * One member of a group that shares partitions out, by the group protocol itself (JoinGroup, SyncGroup, Heartbeat, LeaveGroup): nothing
 * is fetched and no offset is kept. Each call is one exchange with the coordinator and throws when that cannot be had.
 */
export interface GroupMember {
  /** Joins, or takes part in the next round; `held`: what it works on now. Its share. */
  join(held: readonly number[]): Promise<readonly number[]>
  /** False: the group is about to share out anew. */
  beat(): Promise<boolean>
  /** Others take over at once, not after the session has run out. */
  leave(): Promise<void>
}

interface GroupOptions {
  readonly lane: Lane
  /** Any topic that this client may see. */
  readonly topic: string
  readonly groupId: string
}

export function groupMember({ lane, topic, groupId }: GroupOptions): GroupMember {
  let memberId = ''
  let generationId = -1
  const ask = <T>(work: (broker: KafkaBroker) => Promise<T>) => lane.toCoordinator(topic, groupId, work)
  /** The coordinator has forgotten us: as new. */
  const forgotten = (error: unknown) => {
    const type = errorType(error)
    if (type === 'UNKNOWN_MEMBER_ID' || type === 'ILLEGAL_GENERATION') memberId = ''
    return type
  }
  return {
    async join(held) {
      try {
        const joined = await ask((broker) => joinWith(broker, groupId, memberId, held))
        memberId = joined.memberId
        generationId = joined.generationId
        const groupAssignment = joined.leaderId === memberId ? assign(joined.members) : []
        const synced = await ask((broker) =>
          broker.syncGroup({ groupId, generationId, memberId, groupAssignment }),
        )
        return partitionsIn(synced.memberAssignment)
      } catch (error) {
        forgotten(error)
        throw error
      }
    },
    async beat() {
      try {
        await ask((broker) => broker.heartbeat({ groupId, groupGenerationId: generationId, memberId }))
        return true
      } catch (error) {
        const type = forgotten(error)
        if (type === 'REBALANCE_IN_PROGRESS' || memberId === '') return false
        throw error
      }
    },
    async leave() {
      if (memberId === '') return
      const gone = memberId
      memberId = ''
      await ask((broker) => broker.leaveGroup({ groupId, memberId: gone }))
    },
  }
}

function joinWith(broker: KafkaBroker, groupId: string, memberId: string, held: readonly number[]) {
  return broker.joinGroup({
    groupId,
    memberId,
    sessionTimeout: LIMITS.groupSessionMs,
    rebalanceTimeout: LIMITS.groupRebalanceMs,
    protocolType: PROTOCOL,
    groupProtocols: [{ name: NAME, metadata: Buffer.from(JSON.stringify(held)) }],
  })
}

function assign(members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[]) {
  const known: ShareMember[] = members.map(({ memberId, memberMetadata }) => ({
    id: memberId,
    held: partitionsIn(memberMetadata),
  }))
  return [...assignShares(known, LIMITS.partitions)].map(([memberId, own]) => ({
    memberId,
    memberAssignment: Buffer.from(JSON.stringify(own)),
  }))
}

/** Strictly a list of different partitions; anything else is nobody's share. */
function partitionsIn(bytes: Buffer): readonly number[] {
  if (bytes.length === 0 || bytes.length > TEXT_MAX) return []
  let found: unknown
  try {
    found = JSON.parse(bytes.toString('utf8'))
  } catch {
    return []
  }
  const isPartition = (each: unknown): each is number =>
    Number.isInteger(each) && Number(each) >= 0 && Number(each) < LIMITS.partitions
  if (!Array.isArray(found) || !found.every(isPartition)) return []
  return new Set(found).size === found.length ? found : []
}

import {
  type AclEntry,
  ALLOW,
  ANY,
  type ClusterAdmin,
  OPERATION,
  PATTERN,
  RESOURCE,
} from './cluster-admin.ts'
import type { Declaration, Right } from './declaration.ts'

const ANYWHERE = '*'

/** A right as Kafka stores it: topics in full, groups and transactional ids by prefix. DESCRIBE comes with READ and WRITE. */
export function aclOf({ principal, resource, name, operation }: Right): AclEntry {
  return {
    resourceType: RESOURCE[resource],
    resourceName: name,
    resourcePatternType: resource === 'topic' ? PATTERN.literal : PATTERN.prefixed,
    principal: `User:${principal}`,
    host: ANYWHERE,
    operation: OPERATION[operation],
    permissionType: ALLOW,
  }
}

const nameIn = (table: Readonly<Record<string, number>>, value: number): string =>
  Object.keys(table).find((name) => table[name] === value) ?? String(value)

/** One line that names a right, and is equal for equal rights: `User:exchange READ topic inbound`. */
export function aclText(acl: AclEntry): string {
  const pattern = acl.resourcePatternType === PATTERN.prefixed ? '*' : ''
  const kind = acl.permissionType === ALLOW ? '' : 'not allowed: '
  const from = acl.host === ANYWHERE ? '' : ` from ${acl.host}`
  const what = `${nameIn(RESOURCE, acl.resourceType)} ${acl.resourceName}${pattern}`
  return `${kind}${acl.principal} ${nameIn(OPERATION, acl.operation)} ${what}${from}`
}

/** Every ACL of the cluster. */
export async function allAcls(admin: ClusterAdmin): Promise<readonly AclEntry[]> {
  const any = { resourceType: ANY, resourcePatternType: ANY, operation: ANY, permissionType: ANY }
  const { resources } = await admin.describeAcls(any)
  return resources.flatMap(({ acls, resourceType, resourceName, resourcePatternType }) =>
    acls.map(({ principal, host, operation, permissionType }) => ({
      resourceType,
      resourceName,
      resourcePatternType,
      principal,
      host,
      operation,
      permissionType,
    })),
  )
}

export interface AclDifference {
  /** Declared, not there. */
  readonly missing: readonly AclEntry[]
  /** Of a suspended partner: taken away without asking. */
  readonly barred: readonly AclEntry[]
  /** There, not declared: a right that nobody has read. */
  readonly surplus: readonly AclEntry[]
}

export function compareAcls(declaration: Declaration, found: readonly AclEntry[]): AclDifference {
  const declared = declaration.rights.map(aclOf)
  const have = new Set(found.map(aclText))
  const wanted = new Set(declared.map(aclText))
  const extra = found.filter((acl) => !wanted.has(aclText(acl)))
  const barred = new Set(declaration.barred.map((principal) => `User:${principal}`))
  return {
    missing: declared.filter((acl) => !have.has(aclText(acl))),
    barred: extra.filter((acl) => barred.has(acl.principal)),
    surplus: extra.filter((acl) => !barred.has(acl.principal)),
  }
}

export async function createAcls(admin: ClusterAdmin, acls: readonly AclEntry[]): Promise<void> {
  if (acls.length > 0) await admin.createAcls({ acl: [...acls] })
}

/** Each filter names one ACL in full: nothing else can match it. */
export async function deleteAcls(admin: ClusterAdmin, acls: readonly AclEntry[]): Promise<void> {
  if (acls.length > 0) await admin.deleteAcls({ filters: [...acls] })
}

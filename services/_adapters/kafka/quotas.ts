import { fail } from '#core/failure.ts'
import type { DeclaredQuota, Quota } from './declaration.ts'
import { ask, type WireTarget } from './wire.ts'
import { WireReader, WireWriter } from './wire-bytes.ts'

const DESCRIBE = 48
const ALTER = 49
/** Entities of this type, whoever they are; the default one has no name. */
const ANY_SPECIFIED = 2

const KEYS = {
  producerByteRate: 'producer_byte_rate',
  consumerByteRate: 'consumer_byte_rate',
  requestPercentage: 'request_percentage',
} as const satisfies Record<keyof Quota, string>
const MEMBERS = Object.keys(KEYS) as (keyof Quota)[]

/** A quota as the cluster has it: a member that is not set is absent. */
export interface FoundQuota extends Partial<Quota> {
  readonly principal: string | undefined
}

/** Quotas per user, the default one included. Throws `OPS_KAFKA`. */
export async function describeQuotas(target: WireTarget): Promise<readonly FoundQuota[]> {
  const body = new WireWriter()
    .array([ANY_SPECIFIED], () => undefined)
    .text('user')
    .int8(ANY_SPECIFIED)
    .text(undefined)
    .bool(true)
    .done()
  const answer = new WireReader(await ask(target, { apiKey: DESCRIBE, apiVersion: 0, flexible: false, body }))
  answer.int32()
  const code = answer.int16()
  const message = answer.text()
  if (code !== 0) fail('OPS_KAFKA', undefined, `quotas cannot be read: ${message ?? code}`)
  return answer.array(() => {
    const [user] = answer.array(() => ({ type: answer.text(), name: answer.text() }))
    const values = new Map(answer.array(() => [answer.text(), answer.float64()] as const))
    const set = MEMBERS.flatMap((name) => {
      const value = values.get(KEYS[name])
      return value === undefined ? [] : [[name, value] as const]
    })
    return { principal: user?.name, ...Object.fromEntries(set) }
  })
}

/** Sets all three members of each. Throws `OPS_KAFKA` when one is refused; those before it may be set. */
export async function setQuotas(target: WireTarget, quotas: readonly DeclaredQuota[]): Promise<void> {
  const body = new WireWriter()
  body.array(quotas, (quota) => {
    body.array([quota.principal], (name) => body.text('user').text(name))
    body.array(MEMBERS, (member) => body.text(KEYS[member]).float64(quota[member]).bool(false))
  })
  const request = { apiKey: ALTER, apiVersion: 0, flexible: false, body: body.bool(false).done() }
  const answer = new WireReader(await ask(target, request))
  answer.int32()
  answer.array(() => {
    const code = answer.int16()
    const message = answer.text()
    answer.array(() => [answer.text(), answer.text()])
    if (code !== 0) fail('OPS_KAFKA', undefined, `a quota was refused: ${message ?? code}`)
  })
}

/** Those of the declaration that the cluster does not have, or has otherwise. */
export function quotasToSet(
  declared: readonly DeclaredQuota[],
  found: readonly FoundQuota[],
): readonly DeclaredQuota[] {
  const have = new Map(found.map((quota) => [quota.principal, quota]))
  return declared.filter((quota) => MEMBERS.some((name) => have.get(quota.principal)?.[name] !== quota[name]))
}

import type { Question } from '#core/decision/verdict.ts'
import { oinOf } from '#core/ids.ts'

/** Which verdicts to replay; what is absent does not restrict. */
export interface ReplayFilter {
  readonly partition?: number | undefined
  /** ms, inclusive: by the outcome's `at`. */
  readonly from?: number | undefined
  /** ms, exclusive. */
  readonly until?: number | undefined
  readonly caseRef?: string | undefined
  /** OIN of the sender or the recipient. */
  readonly partner?: string | undefined
  /** `tip.ngo.forwarded` */
  readonly type?: string | undefined
}

export interface Matter extends Pick<Question, 'from' | 'to' | 'type'> {
  readonly caseRef: string
}

export function isInTime(filter: ReplayFilter, at: number): boolean {
  return at >= (filter.from ?? Number.NEGATIVE_INFINITY) && at < (filter.until ?? Number.POSITIVE_INFINITY)
}

export function isWanted(filter: ReplayFilter, matter: Matter): boolean {
  const { caseRef, partner, type } = filter
  if (type !== undefined && matter.type !== type) return false
  if (caseRef !== undefined && matter.caseRef !== caseRef) return false
  return partner === undefined || oinOf(matter.from) === partner || oinOf(matter.to) === partner
}

/** Whether nothing but time and place restricts: then what has no parties is looked at too. */
export function isUnrestricted({ caseRef, partner, type }: ReplayFilter): boolean {
  return caseRef === undefined && partner === undefined && type === undefined
}

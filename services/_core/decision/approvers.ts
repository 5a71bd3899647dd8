import { type EndpointUrn, oinOf } from '#core/ids.ts'
import type { Epoch, RegisterRow } from './epoch.ts'
import { counts, registerRow } from './register-row.ts'
import type { Question, Verdict } from './verdict.ts'

/** Row of the register `approvals`: who may cure which guard, for which types, and what the approver sees besides. */
export interface ApprovalRow {
  readonly guard: string
  readonly types: readonly string[]
  /** Role of the endpoint that is asked. */
  readonly ask: string
  /** Roles of persons that may approve. */
  readonly roles: readonly string[]
  readonly sameOrganisation: boolean
  readonly basis: string
  readonly purpose: string
  readonly alsoShow: readonly string[]
  readonly nl: string
  readonly en: string
}

export interface ApprovalAsk {
  readonly guard: string
  /** null: nobody is registered that could be asked, so the hold can only be refused. */
  readonly to: EndpointUrn | null
  readonly row: ApprovalRow
}

const NOBODY: Omit<ApprovalRow, 'guard'> = {
  types: [],
  ask: '',
  roles: [],
  sameOrganisation: true,
  basis: '',
  purpose: '',
  alsoShow: [],
  nl: '',
  en: '',
}

/** The row in force for this guard and type; none under --strict when it is unverified. */
export function approvalRow(guard: string, type: string, epoch: Epoch, at: number): ApprovalRow | undefined {
  const row = registerRow(epoch, 'approvals', guard, at)
  if (!counts(epoch, row)) return undefined
  const typed = asRow(row)
  return typed.types.includes(type) ? typed : undefined
}

/** The shape of these rows was checked when the epoch was loaded. */
const asRow = (row: RegisterRow): ApprovalRow => row as unknown as ApprovalRow

/** Whom to ask for each `approval:<guard>` that a hold needs, in the order of its reasons, each guard once. */
export function approvalAsks(question: Question, verdict: Verdict, epoch: Epoch): readonly ApprovalAsk[] {
  const needs = verdict.reasons.flatMap((reason) => reason.needs ?? [])
  const guards = needs
    .filter((need) => need.startsWith('approval:'))
    .map((need) => need.slice('approval:'.length))
  return [...new Set(guards)].map((guard) => {
    const row = approvalRow(guard, question.type, epoch, question.at.decided)
    if (!row) return { guard, to: null, row: { guard, ...NOBODY } }
    return { guard, to: approverOf(row, question, epoch), row }
  })
}

/** The first endpoint, by urn, with the role that the row asks; a suspended partner is not asked. */
function approverOf(row: ApprovalRow, question: Question, epoch: Epoch): EndpointUrn | null {
  const able = [...epoch.endpoints.values()].filter(
    (endpoint) =>
      endpoint.roles.includes(row.ask) &&
      (!row.sameOrganisation || endpoint.oin === oinOf(question.from)) &&
      epoch.partners.get(endpoint.oin)?.suspended === false,
  )
  return able.map((endpoint) => endpoint.urn).sort()[0] ?? null
}

/** Decision records against effects and leaves: nothing leaves without a permit that says so (design §1, §5, §6). */
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import type { DutyChange, Effect, Outcome } from '#core/handoff/outcome.ts'
import { openBytes } from '#core/handoff/seal-bytes.ts'
import type { KeyStore } from '#core/ports/key-store.ts'
import { expectedLeaf, type Subject } from './check-leaf.ts'
import type { Problems } from './problems.ts'

const STATE_OF: Readonly<Record<Exclude<Effect['kind'], 'handoff' | 'state'>, string>> = {
  approval: 'approval',
  released: 'released',
  'late-ack': 'late-ack',
  erased: 'erased',
}

/** Verdict kind → states that may come of it. */
const STATES: Readonly<Record<Verdict['kind'], readonly string[]>> = {
  permit: ['sealed'],
  'permit-redacted': ['sealed'],
  hold: ['held', 'refused'],
  deny: ['refused'],
}

const stateOf = (effect: Effect): string =>
  effect.kind === 'handoff' || effect.kind === 'state' ? effect.state : STATE_OF[effect.kind]

async function openRecords(
  keys: Pick<KeyStore, 'get'>,
  partition: number,
  outcome: Outcome,
): Promise<readonly DecisionRecord[] | string> {
  if (!outcome.decisions) return []
  const key = await keys.get(outcome.decisions.keyId)
  if (!key) return `accountability key ${outcome.decisions.keyId} is missing`
  try {
    const aad = `decisions:${partition}:${outcome.seq}`
    return JSON.parse(Buffer.from(openBytes(key.bytes, aad, outcome.decisions.bytes)).toString('utf8'))
  } catch {
    return 'decision records do not open'
  }
}

/** Gives the records, for who looks further; undefined when they do not open. */
export async function checkDecisions(
  keys: Pick<KeyStore, 'get'>,
  partition: number,
  outcome: Outcome,
  subject: (handoff: string) => Subject | undefined,
  at: string,
  problems: Problems,
): Promise<readonly DecisionRecord[] | undefined> {
  const records = await openRecords(keys, partition, outcome)
  if (typeof records === 'string') {
    problems.add(at, records)
    return undefined
  }
  problems.expect(
    records.length === outcome.leaves.length,
    at,
    `${records.length} decision records, ${outcome.leaves.length} leaves`,
  )
  for (const [n, record] of records.entries()) {
    const place = `${at}#${n}`
    checkRecord(outcome, record, place, problems)
    const known = record.handoff === null ? undefined : subject(record.handoff)
    problems.expect(
      record.handoff === null || known !== undefined,
      place,
      'a decision on a hand-off that does not exist',
    )
    const about = known ?? { from: null, to: null, type: null }
    const leaf = expectedLeaf(partition, outcome.seq, n, record, about)
    problems.expect(
      Buffer.compare(leaf, outcome.leaves[n] ?? new Uint8Array()) === 0,
      place,
      'the leaf is not that of its decision record',
    )
  }
  checkEffects(outcome, records, at, problems)
  return records
}

function checkRecord(outcome: Outcome, record: DecisionRecord, at: string, problems: Problems): void {
  const { question, verdict } = record
  problems.expect(
    record.epoch === outcome.epoch && record.timestamp === outcome.at,
    at,
    'decided at another time or epoch',
  )
  problems.expect((verdict === null) === (question === null), at, 'a verdict without its question')
  if (!question || !verdict) return
  problems.expect(question.at.decided === outcome.at, at, 'the question is of another time')
  problems.expect(record.versions !== null, at, 'a verdict without the versions of its rules')
  problems.expect(STATES[verdict.kind].includes(record.state), at, `${verdict.kind} became ${record.state}`)
  const permitted = verdict.kind === 'permit' || verdict.kind === 'permit-redacted'
  problems.expect(permitted === (verdict.reasons.length === 0), at, 'reasons iff not permitted: broken')
  if (permitted) problems.expect(verdict.basis.length > 0, at, 'a permit without a legal basis')
  const named = [...verdict.shown, ...verdict.withheld.map((one) => one.member)]
  problems.expect(new Set(named).size === named.length, at, 'a member is shown and withheld')
  if (!permitted) return
  const members = question.members.map((member) => member.name)
  problems.expect(
    [...named].sort().join() === [...members].sort().join(),
    at,
    'a member is neither shown nor withheld',
  )
  problems.expect(
    (verdict.kind === 'permit-redacted') === verdict.withheld.length > 0,
    at,
    'redacted iff something is withheld: broken',
  )
  const hidden = question.members.filter((member) => member.withheldBySender).map((member) => member.name)
  problems.expect(
    !hidden.some((name) => verdict.shown.includes(name)),
    at,
    'what the sender withheld is shown',
  )
}

/** Each effect and each change of a duty has exactly one record that says the same; what has no effect is a refused message or a hold that stays. */
function checkEffects(
  outcome: Outcome,
  records: readonly DecisionRecord[],
  at: string,
  problems: Problems,
): void {
  const left = [...records]
  for (const effect of outcome.effects) {
    const found = left.findIndex((one) => one.handoff === effect.handoff && one.state === stateOf(effect))
    const record = found < 0 ? undefined : left.splice(found, 1)[0]
    if (!record) problems.add(at, `${effect.kind} of ${effect.handoff} without a decision record`)
    else if (effect.kind === 'handoff' || effect.kind === 'state') checkSealed(effect, record, at, problems)
  }
  for (const change of outcome.duties) {
    const said = JSON.stringify(changeParts(change, change.handoff))
    const found = left.findIndex(
      (one) =>
        one.state === 'duty' && one.duty && JSON.stringify(changeParts(one.duty, one.handoff)) === said,
    )
    problems.expect(
      found >= 0,
      at,
      `${change.change} of duty ${change.duty} of ${change.handoff} without a record`,
    )
    const record = found < 0 ? undefined : left.splice(found, 1)[0]
    if (record)
      problems.expect(record.cause === `${change.change}:${change.duty}`, at, 'another cause of a duty')
  }
  for (const record of left) {
    const stays = record.state === 'held' && record.verdict?.kind === 'hold'
    const refused = record.state === 'message-refused' && outcome.answer.kind === 'refused'
    problems.expect(stays || refused, at, `decided ${record.state} without an effect`)
    if (refused) problems.expect(record.cause === outcome.answer.code, at, 'refused for another reason')
  }
}

function changeParts(change: Omit<DutyChange, 'handoff'>, handoff: string | null): readonly unknown[] {
  const { duty, kind, owner, change: what, dueAt, remindAt, awaits, by } = change
  return [handoff, duty, kind, owner, what, dueAt, remindAt, awaits, by]
}

function checkSealed(
  effect: Extract<Effect, { kind: 'handoff' | 'state' }>,
  record: DecisionRecord,
  at: string,
  problems: Problems,
): void {
  const { verdict, question } = record
  if (effect.kind === 'handoff') {
    const same = question?.from === effect.from && question.to === effect.to && question.type === effect.type
    problems.expect(same, at, `${effect.handoff} was decided for other parties or another type`)
  }
  if (effect.sealed === null) return
  const permitted = verdict?.kind === 'permit' || verdict?.kind === 'permit-redacted'
  problems.expect(permitted, at, `${effect.handoff} was sealed without a permit`)
  problems.expect(
    record.sdHash === effect.sdHash,
    at,
    `${effect.handoff} shows something else than was decided`,
  )
}

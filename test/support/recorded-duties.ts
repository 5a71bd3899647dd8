/** The life of some duties as a real exchange wrote it, outcome by outcome: for replay and fsck to look at, and at what is not so. */
import type { DutyChange, Outcome } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import { type RealExchange, realEpoch } from './real-exchange.ts'
import { story } from './story-messages.ts'

export const PATH = 'contracts/register/duties.json'
const COMMON = { article: 'a test', nl: 'proef', en: 'test', source: 'test', verified: false }
const TIME = { from: '2020-01-01', until: '2035-01-01' }
export const rowsWith = (term: string, remind: string) => [
  {
    duty: 'answer',
    kind: 'answer',
    owner: 'recipient',
    starts: { types: ['tip.followup.question'] },
    clock: 'sealed',
    term,
    calendar: 'recipient',
    remind,
    metBy: { relation: 'inReplyTo', types: ['tip.followup.answer'] },
    ...COMMON,
    ...TIME,
  },
  {
    duty: 'purge',
    kind: 'erase',
    owner: 'exchange',
    starts: { types: ['tip.followup.question'] },
    clock: 'sealed',
    term: 'P30D',
    calendar: 'NL',
    ...COMMON,
    ...TIME,
  },
]
export const law = (term = 'P10WD', remind = 'P2WD') =>
  realEpoch({}, { [PATH]: JSON.stringify({ key: 'duty', rows: rowsWith(term, remind) }) })

export interface Step {
  readonly what: string
  readonly outcome: Outcome
}

/** Asked, reminded, missed, answered late, erased; another question expires unread. */
export async function recordDuties(exchange: RealExchange): Promise<readonly Step[]> {
  const steps: Step[] = []
  const DAY = 86_400_000
  const start = exchange.at
  // A message is an input; RealExchange has no log to say which.
  const input = { n: 1, position: 1, digest: new Uint8Array(32) }
  const keep = (what: string, { outcome }: { outcome: Outcome }, isInput: boolean) =>
    steps.push({ what, outcome: { ...outcome, in: isInput ? input : null } })
  const asked = await exchange.send(story.question())
  keep('asked', asked, true)
  const question = asked.rows[0]?.handoff as HandoffId
  const sdHash = exchange.fold.handoff(question)?.sdHash
  keep('unread', await exchange.send(story.question()), true)
  const context = {
    regime: 'GDPR',
    wpgClass: null,
    evaluation: null,
    personCategory: null,
    factOrOpinion: null,
  }
  const received = { handOff: question, sdHash, receivedAt: new Date(exchange.at).toISOString() }
  const from = { type: 'acknowledged', from: 'ecpat/meldpunt', to: [], context }
  keep(
    'read',
    await exchange.send({ ...from, data: received, toExchange: { subject: question as never } }),
    true,
  )
  exchange.at = start + 7 * DAY
  keep('expired', await exchange.expire(), false)
  exchange.at = start + 13 * DAY
  keep('reminded', await exchange.tickDuties(), false)
  exchange.at = start + 15 * DAY
  keep('missed', await exchange.tickDuties(), false)
  const toExchange = { ...story.answer().toExchange, subject: question as never, inReplyTo: question }
  keep('late', await exchange.send({ ...story.answer(), toExchange }), true)
  exchange.at = start + 31 * DAY
  keep('erased', await exchange.tickDuties(), false)
  return steps
}

/** Ways in which an outcome could say something else of duties than what is so: name, step, edit. */
export const UNTRUE: readonly (readonly [
  string,
  string,
  (duties: readonly DutyChange[]) => readonly DutyChange[],
])[] = [
  ['a duty that did not begin', 'asked', () => []],
  ['one that ends later', 'asked', (all) => all.map((one) => ({ ...one, dueAt: (one.dueAt ?? 0) + 1 }))],
  ['one that reminds of nothing', 'asked', (all) => all.map((one) => ({ ...one, remindAt: null }))],
  ['one of another owner', 'asked', (all) => all.map((one) => ({ ...one, owner: 'sender' as const }))],
  ['one that outlives its hand-off', 'expired', () => []],
  ['missed, not reminded', 'reminded', (all) => all.map((one) => ({ ...one, change: 'missed' as const }))],
  ['over, not missed', 'missed', (all) => all.map((one) => ({ ...one, change: 'ended' as const }))],
  ['in time, though late', 'late', (all) => all.map((one) => ({ ...one, change: 'met' as const }))],
  ['a copy erased for no duty', 'erased', () => []],
]

export const editedAt =
  (what: string, edit: (duties: readonly DutyChange[]) => readonly DutyChange[]) =>
  (step: Step): Outcome =>
    step.what === what ? { ...step.outcome, duties: edit(step.outcome.duties) } : step.outcome

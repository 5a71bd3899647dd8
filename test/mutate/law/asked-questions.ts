/** What the cases ask: every question that playing them put, with what the case itself says of the answer. */
import type { Epoch } from '#core/decision/epoch.ts'
import { FACT_FUNCTIONS } from '#core/decision/fact-functions.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Question, Verdict } from '#core/decision/verdict.ts'
import type { StoryRun } from '../../stories/story-run.ts'
import type { Twin } from '../../stories/twin.ts'
import { askTwins, PlayedSteps, readTwins, twinDifferences } from '../../stories/twins.ts'

/** What a case states of a hand-off besides verdict, reasons and state. */
export interface Stated {
  readonly withheld: boolean
  readonly obligations: boolean
}

export interface Asked {
  /** The case and step in whose play it was asked. */
  readonly by: string
  readonly stated: Stated
  readonly question: Question
  readonly verdict: Verdict
  /** The world it was asked in, but for the rules. */
  readonly epoch: Epoch
}

const MOST = 100_000

/** Plays these cases, and answers every question that the exchange decided meanwhile. Throws when a case goes otherwise than it says. */
export async function askedBy(run: StoryRun, cases: readonly string[]): Promise<readonly Asked[]> {
  const known = new Map<string, { by: string; stated: Stated }>()
  const played = new PlayedSteps()
  for (const id of cases) {
    const { problems, steps } = await run.play(id)
    if (problems.length > 0) throw new Error(`${id}: ${problems.join('; ')}`)
    played.add(id, steps)
    for (const { step, lines } of steps) {
      for (const line of lines) {
        const expected = step.expect.find((one) => one.to === line.to)
        const before = known.get(line.handoff)?.stated
        const stated = {
          // A plain permit withholds nothing: that is what it says.
          withheld:
            expected?.withheld !== undefined || expected?.verdict === 'permit' || before?.withheld === true,
          obligations: expected?.obligations !== undefined || before?.obligations === true,
        }
        known.set(line.handoff, { by: `${id} step ${step.step}`, stated })
      }
    }
  }
  const twins = readTwins().filter(({ of }) => cases.includes(of.case))
  return [...(await questionsOf(run, known)), ...(await twinsOf(twins, played, run))]
}

async function twinsOf(
  twins: readonly Twin[],
  played: PlayedSteps,
  run: StoryRun,
): Promise<readonly Asked[]> {
  const { epoch } = run.store.control.current()
  return (await askTwins(twins, played, run, epoch)).map((asked) => {
    const { twin, question, verdict } = asked
    const problems = twinDifferences(asked)
    if (problems.length > 0) throw new Error(problems.join('; '))
    const { withheld, obligations, verdict: kind } = twin.expect
    const stated = {
      withheld: withheld !== undefined || kind === 'permit',
      obligations: obligations !== undefined,
    }
    return { by: `twin ${twin.id}`, stated, question, verdict, epoch }
  })
}

async function questionsOf(
  run: StoryRun,
  known: ReadonlyMap<string, { by: string; stated: Stated }>,
): Promise<readonly Asked[]> {
  await run.store.view.catchUp()
  const { epoch } = run.store.control.current()
  const asked: Asked[] = []
  for (const row of run.store.view.recent(MOST)) {
    const case_ = known.get(row.asks?.handoff ?? row.handoff)
    if (!case_) continue
    // Of a request for approval a case states only that it came.
    const stated = row.asks ? { withheld: false, obligations: false } : case_.stated
    for (const { question, verdict } of await run.store.view.decisions(row.handoff)) {
      if (question && verdict) asked.push({ by: case_.by, stated, question, verdict, epoch })
    }
  }
  return asked
}

/** The one fact that is computed from the rules themselves, under other rules. */
export function underRules(question: Question, epoch: Epoch): Question {
  const type = epoch.types.get(question.type)
  const from = epoch.endpoints.get(question.from)
  const to = epoch.endpoints.get(question.to)
  const known = question.facts['requestAnswerable']
  if (!type || !from || !to || known === undefined || type.answeredBy === null) return question
  const value = FACT_FUNCTIONS['requestAnswerable']?.({
    message: null,
    type,
    from,
    to,
    terms: question.terms,
    at: question.at.decided,
    epoch,
    members: question.members,
    marks: [],
    parents: [],
    approvals: NO_APPROVALS,
  })
  return value === undefined || value === known
    ? question
    : { ...question, facts: { ...question.facts, requestAnswerable: value } }
}

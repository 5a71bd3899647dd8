/** Reads the twins, finds the questions they start from, and asks them. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decide } from '#core/decision/decide.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { Question, Verdict } from '#core/decision/verdict.ts'
import type { StepResult } from '#services/story/play-case.ts'
import { ROOT } from '../rooms/source-files.ts'
import type { StoryRun } from './story-run.ts'
import { type Twin, twinQuestion } from './twin.ts'

const FOLDER = join(ROOT, 'contracts', 'twins')
const MOST = 100_000

export function readTwins(): readonly Twin[] {
  return readdirSync(FOLDER).flatMap(
    (name) => JSON.parse(readFileSync(join(FOLDER, name), 'utf8')) as readonly Twin[],
  )
}

/** Hand-offs of played cases, by what a twin names: `case step to`. */
export class PlayedSteps {
  readonly #handoffs = new Map<string, string>()

  add(id: string, steps: readonly StepResult[]): void {
    for (const { step, lines } of steps)
      for (const line of lines) this.#handoffs.set(`${id} ${step.step} ${line.to}`, line.handoff)
  }

  /** The last question decided for that hand-off, or for the request for approval that it sent out under `asks`. */
  async question(run: StoryRun, { case: id, step, to, asks }: Twin['of']): Promise<Question> {
    const known = this.#handoffs.get(`${id} ${step} ${to}`)
    if (known === undefined) throw new Error(`no case was played with ${id} ${step} ${to}`)
    const handoff =
      asks === undefined
        ? known
        : run.store.view.recent(MOST).find((row) => row.asks?.handoff === known && row.asks.guard === asks)
            ?.handoff
    const records = handoff === undefined ? [] : await run.store.view.decisions(handoff as never)
    const question = records.findLast((record) => record.question !== null)?.question
    if (!question) throw new Error(`${id} ${step} ${to} was never decided`)
    return question
  }
}

export interface AskedTwin {
  readonly twin: Twin
  readonly question: Question
  readonly verdict: Verdict
}

export async function askTwins(
  twins: readonly Twin[],
  played: PlayedSteps,
  run: StoryRun,
  epoch: Epoch,
): Promise<readonly AskedTwin[]> {
  await run.store.view.catchUp()
  const asked: AskedTwin[] = []
  for (const twin of twins) {
    const question = twinQuestion(
      await played.question(run, twin.of),
      twin,
      epoch,
      run.stage.urnOf.bind(run.stage),
    )
    asked.push({ twin, question, verdict: decide(question, epoch) })
  }
  return asked
}

/** What differs from what the twin expects; empty when nothing does. */
export function twinDifferences({ twin, verdict }: AskedTwin): readonly string[] {
  const { expect } = twin
  const wanted: unknown[] = [expect.verdict, [...expect.reasons].sort()]
  const got: unknown[] = [verdict.kind, [...new Set(verdict.reasons.map(({ code }) => code))].sort()]
  if (expect.withheld) {
    wanted.push([...expect.withheld].sort())
    got.push(verdict.withheld.map(({ member }) => member).sort())
  }
  if (expect.obligations) {
    wanted.push([...expect.obligations].sort())
    got.push([...verdict.obligations].sort())
  }
  const [left, right] = [JSON.stringify(wanted), JSON.stringify(got)]
  return left === right ? [] : [`twin ${twin.id}: expected ${left}, got ${right}`]
}

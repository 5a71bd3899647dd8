/** One verdict of the compiled rules: the questions of story S0, under the checked-in contracts. */
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { decide } from '#core/decision/decide.ts'
import { deriveQuestion } from '#core/decision/derive-facts.ts'
import { NO_APPROVALS } from '#core/decision/judge-approvals.ts'
import type { Question } from '#core/decision/verdict.ts'
import type { OpenedEvidence } from '#core/message/content.ts'
import { testEpoch } from '../support/contracts.ts'
import { story } from '../support/story-messages.ts'
import { type Draft, labelOf, NOW, verifiedMessage } from '../support/verified-message.ts'
import { type Measured, median, rounded, spread } from './figure.ts'

/** Rounds before the first that counts, for each that does. */
const WARM = 20

export function measureDecide(rounds: number): Measured[] {
  const epoch = testEpoch({ engine: compiledEngine() })
  const questions: Question[] = []
  const ask = (draft: Draft, index = 0) => {
    const verified = verifiedMessage(epoch, draft)
    questions.push(deriveQuestion(verified, index, epoch, NOW, NO_APPROVALS))
    return verified
  }
  const label = (draft: Draft): OpenedEvidence => labelOf(ask(draft), epoch)
  const [risk, decision] = [label(story.risk()), label(story.decision())]
  ask(story.request())
  const requested = label(story.request([risk, decision]))
  for (const index of [0, 1]) ask(story.diffusion([requested]), index)
  for (const draft of [story.tip(), story.question(), story.answer(), story.alert(), story.result()])
    ask(draft)
  for (const draft of [story.disclosure(false), story.disclosure(true), story.feedback()]) ask(draft)
  ask(story.alert('kmar/vreemdelingen'))
  const times: number[] = []
  // As in service: thousands of verdicts were given before, so the closures are machine code.
  for (let round = 0; round < rounds * WARM; round += 1)
    for (const question of questions) decide(question, epoch)
  for (let round = 0; round < rounds; round += 1) {
    for (const question of questions) {
      const started = performance.now()
      decide(question, epoch)
      const spent = (performance.now() - started) * 1000
      times.push(spent)
    }
  }
  return [
    {
      name: 'decide_us',
      value: rounded(median(times)),
      unit: 'µs',
      of: `median over ${questions.length} story questions`,
      per: 'verdict',
      note: `compiled, warm; ${spread(times, 'µs')}`,
    },
  ]
}

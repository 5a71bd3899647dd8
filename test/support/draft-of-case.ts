/** A message of a case as a draft, with its dates around `NOW`: bases for questions about one rule. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { atPresent, type Case } from '#services/story/case.ts'
import { ROOT } from './signed-contracts.ts'
import { type Draft, NOW } from './verified-message.ts'

/** What that step sends, without evidence. Throws when it sends nothing. */
export function draftOfCase(id: string, name: string): Draft {
  const file = join(ROOT, 'contracts', 'cases', `${id}.json`)
  const story = JSON.parse(readFileSync(file, 'utf8')) as Case
  const step = story.steps.find((one) => one.step === name)
  if (!step?.send || !step.by) throw new Error(`step ${name} of ${id} sends nothing`)
  const { type, to, data, context, preparedBy, withhold, freeTextReviewed } = step.send
  const kept = Object.entries(data).filter(([field]) => !withhold?.includes(field))
  return {
    type,
    from: step.by,
    to,
    data: atPresent(Object.fromEntries(kept), NOW),
    context: { ...UNSTATED, ...atPresent(context, NOW) },
    toExchange: {
      preparedBy,
      freeTextReviewed: freeTextReviewed ?? null,
      withheldBySender: withhold ?? [],
    },
  }
}

const UNSTATED = { wpgClass: null, evaluation: null, personCategory: null, factOrOpinion: null }

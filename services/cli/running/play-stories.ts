import { readFile } from 'node:fs/promises'
import { fail } from '#core/failure.ts'
import { type Case, waits } from '#services/story/case.ts'
import { playCase, type StepResult } from '#services/story/play-case.ts'
import type { DutyWish } from '#services/story/wish-duties.ts'
import type { Call } from '../command.ts'
import type { Store } from '../open-store.ts'
import { projectRoot } from '../project-root.ts'
import { openStage } from './stage-of.ts'
import { describe, printed, requestLines } from './story-lines.ts'

const ID = /^[A-Za-z][A-Za-z0-9-]{0,63}$/

export async function readCase(id: string): Promise<Case> {
  if (!ID.test(id)) fail('OPS_USAGE', undefined, `story ${id}`)
  const text = await readFile(projectRoot('contracts', 'cases', `${id}.json`), 'utf8').catch(() =>
    fail('OPS_NOT_FOUND', undefined, `no case ${id} in contracts/cases`),
  )
  return JSON.parse(text) as Case
}

/** Differences between what the case expects and what the sender reads, in words; empty when all is as expected. */
export function differences(result: StepResult, refs: (urn: string) => string): readonly string[] {
  const { step, status, lines } = result
  const problems: string[] = []
  if (result.waited) return problems
  if (!status) return [`step ${step.step}: could not be played, what it builds on did not happen`]
  if (step.error && status.error?.code !== step.error) {
    problems.push(`step ${step.step}: expected ${step.error}, got ${status.error?.code ?? status.state}`)
  }
  if (!step.error && status.error)
    problems.push(`step ${step.step}: ${status.error.code} ${status.error.pointer ?? ''}`)
  for (const expected of step.expect) {
    const line = lines.find((one) => one.to === expected.to)
    if (!line) {
      problems.push(`step ${step.step}: no hand-off to ${refs(expected.to)}`)
      continue
    }
    const wanted = JSON.stringify([expected.verdict, [...expected.reasons].sort()])
    const got = JSON.stringify([line.verdict, line.reasons])
    if (wanted !== got) problems.push(`step ${step.step} → ${expected.to}: expected ${wanted}, got ${got}`)
    for (const name of ['withheld', 'obligations'] as const) {
      const stated = expected[name]
      if (stated && JSON.stringify([...stated].sort()) !== JSON.stringify([...line[name]].sort()))
        problems.push(`step ${step.step} → ${expected.to}: ${name} ${JSON.stringify(line[name])}`)
    }
  }
  return problems
}

type DutySource = Pick<Store['view'], 'catchUp' | 'dutiesOf'>

/** As `differences`, of what the case says about duties; `when` says which of it is to be looked at now. */
export async function dutyDifferences(
  wishes: readonly DutyWish[],
  when: DutyWish['when'],
  view: DutySource,
): Promise<readonly string[]> {
  const wanted = wishes.filter((wish) => wish.when === when)
  if (wanted.length > 0) await view.catchUp()
  return wanted.flatMap(({ step, handoff, duty, state }) => {
    const row = view.dutiesOf(handoff).find((one) => one.duty === duty)
    const found = row?.state === 'awaiting' ? `awaiting-${row.awaits}` : (row?.state ?? 'none')
    return found === state ? [] : [`step ${step}: duty ${duty} is ${found}, expected ${state}`]
  })
}

/**
 * Plays the cases named; prints a line a hand-off (JSON lines with --json) and the totals. False when something differs; cases
 * are written for the development profile, so under strict a difference is told and no failure.
 */
export async function playStories(
  call: Call,
  store: Store,
  names: readonly string[],
  gateway: string,
): Promise<boolean> {
  const { out } = call
  const stage = openStage(store, gateway)
  const problems: string[] = []
  const totals: Record<string, number> = {}
  const cases = await Promise.all(names.map(readCase))
  for (const story of cases) if (waits(story)) fail('OPS_STORY_WAITS', undefined, story.id)
  try {
    for (const story of cases) {
      out.line(`\n${story.id}  ${call.lang === 'nl' ? story.nl : story.en}\n`)
      const wishes: DutyWish[] = []
      for await (const result of playCase(story, stage)) {
        problems.push(...differences(result, (urn) => urn))
        problems.push(...(await dutyDifferences(result.duties, 'now', store.view)))
        wishes.push(...result.duties)
        const fresh = !result.step.again && !result.step.approve
        const requests = fresh ? await requestLines(store, result.lines) : []
        for (const line of [...result.lines, ...requests]) {
          out.json(printed(line))
          out.line(describe(line, store.clock.now()))
          if (fresh) totals[line.verdict] = (totals[line.verdict] ?? 0) + 1
        }
        if (result.step.again)
          out.line(`${' '.repeat(17)}the same message again: its first outcome, no new effect`)
        if (result.status?.error)
          out.line(`${' '.repeat(13)}${result.step.step}   refused: ${result.status.error.code}`)
      }
      problems.push(...(await dutyDifferences(wishes, 'end', store.view)))
    }
  } finally {
    await stage.close()
  }
  const shown = Object.entries(totals).map(([verdict, count]) => `${count} ${verdict}`)
  out.line(`\n${shown.join(', ')}; † = the text of the article was not read by us`)
  const { strict } = store.control.current().epoch.profile
  if (strict && problems.length > 0) {
    out.line(
      `strict profile: rules and rows that nobody verified count as absent; ${problems.length} differences from the case`,
    )
  } else {
    for (const problem of problems) out.progress(`differs: ${problem}`)
  }
  deeper(call)
  return strict || problems.length === 0
}

function deeper(call: Call): void {
  const data = call.data === projectRoot('data') ? '' : ` --data ${call.data}`
  call.out.line('look deeper:')
  for (const command of ['why <hand-off>', 'prove <hand-off>', 'fsck', 'replay', 'matrix']) {
    call.out.line(`  npx schakel ${command}${data}`)
  }
}

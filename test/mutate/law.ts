/**
 * `npm run mutate:law`: deletes or weakens each policy of contracts/legal once, and looks whether a case of contracts/cases
 * notices. Prints what nobody notices and the score; exit 1 unless it is 100 %. `-- --json FILE` writes all, `-- --only <text>`
 * takes the policies whose id contains it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { type Case, waits } from '#services/story/case.ts'
import { givenOf } from '../stories/given.ts'
import { startStory } from '../stories/story-run.ts'
import { type Asked, askedBy } from './law/asked-questions.ts'
import { type Judgement, judgeMutant } from './law/judge-mutant.ts'
import { type Mutant, mutantsOf } from './law/mutants.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const LEGAL = 'contracts/legal'
const engine = compiledEngine()

function argument(name: string): string | undefined {
  const index = process.argv.indexOf(name)
  return index < 0 ? undefined : process.argv[index + 1]
}

/** Those in which time passes ask the same questions, on days of their own: they are left out. */
function readCases(): readonly Case[] {
  const folder = join(ROOT, 'contracts', 'cases')
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Case)
    .filter((one) => !waits(one))
}

/** Cases that need nothing given share one world; each other one gets its own. */
async function askedByAll(cases: readonly Case[]): Promise<readonly Asked[]> {
  const asked: Asked[] = []
  const worlds = [cases.filter((one) => !one.given), ...cases.filter((one) => one.given).map((one) => [one])]
  for (const world of worlds) {
    const run = await startStory(givenOf(world[0]))
    try {
      asked.push(
        ...(await askedBy(
          run,
          world.map(({ id }) => id),
        )),
      )
    } finally {
      await run.close()
    }
    console.error(
      `${asked.length} questions asked by ${world.length === 1 ? world[0]?.id : `${world.length} cases`}`,
    )
  }
  return asked
}

interface Result extends Pick<Mutant, 'file' | 'policy' | 'change'> {
  readonly judgement: Judgement
}

function judgeAll(asked: readonly Asked[]): readonly Result[] {
  const names = readdirSync(join(ROOT, LEGAL)).filter((name) => name.endsWith('.cedar'))
  const files = new Map(
    names.map((name) => [`${LEGAL}/${name}`, readFileSync(join(ROOT, LEGAL, name), 'utf8')] as const),
  )
  const types = asked[0]?.epoch.types ?? new Map()
  const only = argument('--only') ?? ''
  const mutants = mutantsOf(files, engine, types).filter(({ policy }) => policy.includes(only))
  return mutants.map((mutant, index) => {
    if (index % 50 === 49) console.error(`${index + 1} of ${mutants.length}`)
    const { file, policy, change } = mutant
    return { file, policy, change, judgement: judgeMutant(mutant, files, asked, engine) }
  })
}

const results = judgeAll(await askedByAll(readCases()))
const count = (kind: Judgement['kind']) => results.filter(({ judgement }) => judgement.kind === kind).length
for (const { file, policy, change, judgement } of results) {
  if (judgement.kind === 'survived')
    console.log(`SURVIVED  ${file.slice(LEGAL.length + 1)} ${policy}: ${change}`)
}
const [seen, lint, masked, survived] = [count('case'), count('lint'), count('masked'), count('survived')]
console.log(
  `${results.length} changes of ${new Set(results.map(({ policy }) => policy)).size} policies: ${seen} noticed by a case, ` +
    `${lint} by the linter, ${masked} without effect since another rule withholds the same, ${survived} noticed by nobody`,
)
const judged = seen + lint + survived
console.log(`score ${judged === 0 ? 0 : ((100 * (seen + lint)) / judged).toFixed(1)} %`)
const json = argument('--json')
if (json !== undefined) writeFileSync(json, `${JSON.stringify(results, null, 2)}\n`)
process.exit(survived === 0 && judged > 0 ? 0 : 1)

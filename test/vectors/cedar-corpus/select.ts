/**
 * `node test/vectors/cedar-corpus/select.ts <folder>`: writes `cases.jsonl` from an unpacked corpus: of the cases inside the subset
 * that is compiled, the small ones, several of each kind of rule and answer. Prints how all cases of the corpus fared.
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { type CorpusCase, judge } from '../../support/cedar-corpus.ts'
import { readCorpus } from './read-corpus.ts'

const LARGEST = 6_000
const OF_A_KIND = 4
const MOST = 1_200_000

/** Operators of the policies and kinds of answers: cases with the same are of one kind. */
function kindOf(corpus: CorpusCase): string {
  const json = JSON.stringify(
    cedarEngine()
      .parse(corpus.policies)
      .map((policy) => policy.json),
  )
  const operators = [...new Set(json.match(/"(?:[=!<>&|]+|[a-zA-Z-]+|\.)":/g))].sort().join('')
  const answers = corpus.requests.map(
    (one) => `${one.decision}${Math.min(one.reason.length, 2)}${Math.min(one.errors.length, 2)}`,
  )
  return `${operators} ${[...new Set(answers)].sort().join()}`
}

const lines: string[] = []
const kinds = new Map<string, number>()
const counts = { cases: 0, excused: 0, agree: 0, differ: 0 }
let size = 0
for (const corpus of readCorpus(process.argv[2] ?? '.')) {
  const { agree, differ, excused } = judge(corpus)
  counts.cases += 1
  counts.excused += excused === undefined ? 0 : 1
  counts.agree += agree
  counts.differ += differ.length
  const line = JSON.stringify(corpus)
  if (excused !== undefined || line.length > LARGEST || size + line.length > MOST) continue
  const kind = kindOf(corpus)
  const known = kinds.get(kind) ?? 0
  if (known >= OF_A_KIND) continue
  kinds.set(kind, known + 1)
  lines.push(line)
  size += line.length + 1
}
writeFileSync(join(import.meta.dirname, 'cases.jsonl'), `${lines.join('\n')}\n`)
process.stdout.write(
  `${JSON.stringify(counts)}; selected ${lines.length} of ${kinds.size} kinds, ${size} bytes\n`,
)

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type CorpusCase, judge } from '../support/cedar-corpus.ts'
import { readCorpus } from './cedar-corpus/read-corpus.ts'

/** The unpacked corpus, all of it, if it is there; else the selection that is checked in. */
const FOLDER = process.env['CEDAR_CORPUS']

function* selection(): Generator<CorpusCase> {
  const text = readFileSync(new URL('cedar-corpus/cases.jsonl', import.meta.url), 'utf8')
  for (const line of text.trimEnd().split('\n')) yield JSON.parse(line) as CorpusCase
}

describe("Cedar's corpus", () => {
  it('is answered by compiled policies as by Cedar, wherever it uses their subset', {
    timeout: 900_000,
  }, () => {
    let [cases, excused, agree] = [0, 0, 0]
    const kinds = { allow: 0, deny: 0, errs: 0 }
    const differ: unknown[] = []
    for (const corpus of FOLDER ? readCorpus(FOLDER) : selection()) {
      const judged = judge(corpus)
      cases += 1
      agree += judged.agree
      differ.push(...judged.differ)
      if (judged.excused !== undefined) {
        excused += 1
        continue
      }
      for (const { decision, errors } of corpus.requests) {
        kinds[decision === 'allow' ? 'allow' : 'deny'] += 1
        if (errors.length > 0) kinds.errs += 1
      }
    }
    process.stderr.write(
      `Cedar's corpus: ${cases} cases, ${excused} excused, ${agree} requests agree ${JSON.stringify(kinds)}\n`,
    )
    expect(differ.slice(0, 3)).toEqual([])
    if (!FOLDER) expect(excused).toBe(0)
    expect(agree).toBeGreaterThan(1_000)
    for (const [kind, count] of Object.entries(kinds)) expect([kind, count > 10]).toEqual([kind, true])
  })
})

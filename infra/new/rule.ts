import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { cedarEngine } from '#adapters/policy-engine/cedar.ts'
import { type LintInput, lintPolicies } from '#core/decision/lint-policies.ts'
import { parsePolicies } from '#core/decision/load-policies.ts'
import { fail } from '#core/failure.ts'
import { readContracts } from '../generate/read-contracts.ts'

const ID = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/

/**
 * Writes the skeleton of a rule: a guard, since a new guard can only refuse more, with the case it permits and the case it refuses.
 * As it stands it lints, validates, and decides both cases as written. Next: its article, scope and condition, both cases, and
 * `npm run generate`. Returns the paths written, from `root`. An id that is taken or malformed: `OPS_USAGE`.
 */
export async function newRule(root: string, id: string): Promise<string[]> {
  if (!ID.test(id)) return fail('OPS_USAGE', '/id', 'a rule is named like g12-window')
  const contracts = readContracts(root)
  if (contracts.policies.some(({ meta }) => meta.id === id))
    return fail('OPS_USAGE', '/id', 'this rule exists')
  const policy = `contracts/legal/${id}.cedar`
  const text = skeleton(id)
  check({
    ...contracts,
    policies: [
      ...contracts.policies,
      ...parsePolicies(new Map([[policy, text]]), cedarEngine(), contracts.types),
    ],
  })
  const files = new Map([
    [policy, text],
    [`contracts/cases/rule-${id}.json`, `${JSON.stringify(cases(id), null, 2)}\n`],
  ])
  for (const path of files.keys())
    if (existsSync(join(root, path))) fail('OPS_USAGE', `/${path}`, 'it exists')
  for (const [path, content] of files) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content, { flag: 'wx' })
  }
  return [...files.keys()]
}

function check(input: LintInput): void {
  const problem = lintPolicies(input)[0]
  if (problem) fail('OPS_CONTROL', `${problem.file}#${problem.id}`, problem.problem)
}

const skeleton = (id: string): string => `// Article, source and what it guards, in one sentence.

@set("deny") @id("${id}")
@reason("PURPOSE_MISMATCH")
@source("name the source that was read") @verified("false")
@nl("Terugkoppeling dient alleen de terugkoppeling.")
@en("Feedback is for feedback only.")
forbid (principal, action == Action::"tip.feedback", resource)
unless { context.terms.purpose == Purpose::"feedback" };
`

/** The same message twice: for the purpose the rule lets through, and for one it refuses. */
function cases(id: string): unknown {
  const step = (
    name: string,
    purpose: string,
    expected: Readonly<Record<string, unknown>>,
    nl: string,
    en: string,
  ) => ({
    step: name,
    nl,
    en,
    by: 'tbkk/zaken',
    send: {
      type: 'tip.feedback',
      to: [{ to: 'ecpat/meldpunt', purpose, basis: 'no-personal-data' }],
      data: { tipRef: 'TIP-TEST-1', status: 'ASSESSED' },
      context: { regime: 'GDPR', handling: 'GREEN' },
      preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
    },
    expect: [{ to: 'ecpat/meldpunt', ...expected }],
  })
  return {
    id: `rule-${id}`,
    nl: `Regel ${id}: wat mag en wat niet`,
    en: `Rule ${id}: what it permits and what it refuses`,
    steps: [
      step(
        '1',
        'feedback',
        { verdict: 'permit', reasons: [], withheld: [], state: 'delivered' },
        'Dit mag',
        'This is permitted',
      ),
      step(
        '2',
        'intake',
        { verdict: 'deny', reasons: ['PURPOSE_MISMATCH'], state: 'refused' },
        'Dit mag niet',
        'This is refused',
      ),
    ],
  }
}

/**
 * `npm run mutate:log`: breaks each rule of design §3 once, in a copy of the source, and shows which test notices. Exit 1 if any change
 * goes unnoticed or does not apply; `-- --only <text>` takes the rules whose name contains it.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { MUTATIONS, type Mutation, TESTS } from './mutations.ts'

const ROOT = join(import.meta.dirname, '..', '..')
const COPIED = [
  'services',
  'schemas',
  'contracts',
  'test',
  'package.json',
  'tsconfig.json',
  'vitest.config.ts',
]
const WORKERS = 2
const TIMEOUT_MS = 120_000

interface Result {
  readonly mutation: Mutation
  readonly verdict: 'caught' | 'SURVIVED' | 'DID NOT APPLY'
  readonly by: string
  readonly seconds: number
}

function copyOfSource(): string {
  const directory = mkdtempSync(join(tmpdir(), 'schakel-mutate-'))
  for (const name of COPIED) cpSync(join(ROOT, name), join(directory, name), { recursive: true })
  symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
  return directory
}

/** True when all of this test passes in the copy. */
function passes(directory: string, test: string): Promise<boolean> {
  return new Promise((resolve) => {
    const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs')
    const args = ['--disable-warning=ExperimentalWarning', vitest, 'run', '--bail', '1', test]
    const env = { ...process.env, PROPERTY_RUNS: process.env['PROPERTY_RUNS'] ?? '60', FIRST_BREACH: '1' }
    const child = spawn(process.execPath, args, { cwd: directory, env, stdio: 'ignore', detached: true })
    // Its own process group: a mutant may spin for ever in a grandchild.
    const limit = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), TIMEOUT_MS)
    child.on('exit', (code) => {
      clearTimeout(limit)
      resolve(code === 0)
    })
  })
}

async function judge(directory: string, mutation: Mutation): Promise<Result> {
  const started = performance.now()
  const path = join(directory, mutation.file)
  const source = readFileSync(path, 'utf8')
  const done = (verdict: Result['verdict'], by: string): Result => ({
    mutation,
    verdict,
    by,
    seconds: (performance.now() - started) / 1_000,
  })
  if (source.split(mutation.from).length !== 2) return done('DID NOT APPLY', '')
  writeFileSync(
    path,
    source.replace(mutation.from, () => mutation.to),
  )
  try {
    for (const name of mutation.by) {
      if (!(await passes(directory, TESTS[name]))) return done('caught', name)
    }
    return done('SURVIVED', '')
  } finally {
    writeFileSync(path, source)
  }
}

async function work(queue: Mutation[], results: Result[]): Promise<void> {
  const directory = copyOfSource()
  try {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const result = await judge(directory, next)
      results.push(result)
      const { verdict, by, seconds, mutation } = result
      console.log(
        `${verdict.padEnd(13)} ${by.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${mutation.rule}`,
      )
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

async function sound(): Promise<boolean> {
  const directory = copyOfSource()
  try {
    for (const test of Object.values(TESTS)) {
      if (!(await passes(directory, test))) {
        console.log(`${test} fails without any change`)
        return false
      }
    }
    return true
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

const only = process.argv[process.argv.indexOf('--only') + 1]
const wanted = MUTATIONS.filter(({ rule }) => !process.argv.includes('--only') || rule.includes(only ?? ''))
if (!process.argv.includes('--only') && !(await sound())) process.exit(1)
const results: Result[] = []
const queue = [...wanted]
await Promise.all(Array.from({ length: WORKERS }, () => work(queue, results)))
const caught = results.filter(({ verdict }) => verdict === 'caught').length
console.log(`${caught} of ${results.length} broken rules were caught`)
process.exit(caught === results.length ? 0 : 1)

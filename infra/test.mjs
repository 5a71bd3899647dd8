// npm test: types, lint, all tests. With arguments: only vitest, on the files they name.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (path) => join(ROOT, 'node_modules', path)
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=4096']

let failed = 0

function step(name, script, args, env = {}) {
  process.stderr.write(`\nschakel test: ${name}\n`)
  const run = spawnSync(process.execPath, [...FLAGS, script, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (run.status !== 0) {
    process.stderr.write(`schakel test: ${name} failed\n`)
    failed = run.status ?? 1
    if (name === 'types' || name === 'lint') process.exit(failed)
  }
}

const only = process.argv.slice(2)
if (only.length === 0) {
  step('types', bin('typescript/bin/tsc'), ['-p', 'tsconfig.json'])
  step(
    'lint',
    bin('@biomejs/biome/bin/biome'),
    ['check', '--error-on-warnings', '--max-diagnostics=50', '.'],
    { NO_COLOR: '1' },
  )
}
mkdirSync(join(ROOT, '.cache'), { recursive: true })
const report = join(ROOT, '.cache', `vitest-${process.pid}.json`)
/** Those that start brokers, databases, browsers or whole services run one after the other: two at once would time each other out. */
const HEAVY = ['test/system', '.kafka.test', '.postgres.test', '.registry.test']
/** Ten minutes of stores away and disks full, some of which needs the right to mount: `npm run test:faults`. */
const APART = 'test/system/faults-product.test.ts'
const total = { passed: 0, failed: 0 }

function run(name, args) {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  try {
    step(name, bin('vitest/vitest.mjs'), ['run', ...reporters, ...args])
  } finally {
    if (existsSync(report)) {
      const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
      total.passed += numPassedTests
      total.failed += numFailedTests
      rmSync(report, { force: true })
    }
    process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`)
  }
}

if (only.length > 0) run('tests', only)
else {
  const light = HEAVY.map((path) => `--exclude=${path.startsWith('.') ? `**/*${path}.ts` : `${path}/**`}`)
  run('tests', light)
  run('system tests', ['--maxWorkers=1', `--exclude=${APART}`, ...HEAVY])
}
if (total.passed === 0) {
  process.stderr.write('schakel test: no test ran\n')
  process.exit(1)
}
process.exit(failed)

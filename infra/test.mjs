// npm test: types, lint, all tests. With arguments: only vitest, on the files they name.
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const bin = (path) => join(ROOT, 'node_modules', path)
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=4096']

function step(name, script, args, env = {}) {
  process.stderr.write(`\nschakel test: ${name}\n`)
  const run = spawnSync(process.execPath, [...FLAGS, script, ...args], {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, ...env },
  })
  if (run.status !== 0) {
    process.stderr.write(`schakel test: ${name} failed\n`)
    process.exit(run.status ?? 1)
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
try {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  step('tests', bin('vitest/vitest.mjs'), ['run', ...reporters, ...only])
  const { numPassedTests, numFailedTests } = JSON.parse(readFileSync(report, 'utf8'))
  if (!(numPassedTests > 0)) throw new Error('no test ran')
  process.stdout.write(`\n${numPassedTests} passed, ${numFailedTests} failed\n`)
} finally {
  rmSync(report, { force: true })
}

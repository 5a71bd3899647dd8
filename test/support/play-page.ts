import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ROOT } from '../rooms/source-files.ts'
import { runTool } from './partner-tools.ts'

/** What a page is made of that can be played: commands, files to write, and a system to start. */
interface Block {
  readonly kind: 'run' | 'file' | 'up'
  readonly line: number
  readonly text: string
  readonly path: string
  readonly exit: number
  /** Codes and other fixed words that must be in what it prints; wording is not looked at. */
  readonly says: readonly string[]
}

const FENCE = /^```(\w+) (run|up|file=\S+)([^\n]*)\n([\s\S]*?)^```$/gm

/** Blocks marked `sh run [exit=n] [says=CODE,CODE]`, `sh up` or `<language> file=<path>`; all else is only read. */
export function blocksOf(page: string): readonly Block[] {
  return [...page.matchAll(FENCE)].map((match) => {
    const [, , mark = '', options = '', text = ''] = match
    const option = (name: string) => new RegExp(` ${name}=(\\S+)`).exec(options)?.[1]
    return {
      kind: mark === 'run' || mark === 'up' ? mark : 'file',
      line: page.slice(0, match.index).split('\n').length,
      text,
      path: mark.replace('file=', ''),
      exit: Number(option('exit') ?? 0),
      says: option('says')?.split(',') ?? [],
    }
  })
}

const NOT_COPIED = new Set(['node_modules', '.git', '.cache', 'data'])

/** A copy of the project, for a page may add to it; its packages are the project's own. */
function copyProject(to: string): void {
  cpSync(ROOT, to, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) })
  symlinkSync(join(ROOT, 'node_modules'), join(to, 'node_modules'))
}

/** `schakel` on the PATH, as `npx schakel` would start it. */
function shim(folder: string, project: string): void {
  mkdirSync(folder, { recursive: true })
  const path = join(folder, 'schakel')
  const main = join(project, 'services/cli/main.ts')
  writeFileSync(
    path,
    `#!/bin/sh\nexec "${process.execPath}" --disable-warning=ExperimentalWarning "${main}" "$@"\n`,
  )
  chmodSync(path, 0o755)
}

interface System {
  stop(): Promise<void>
}

async function startSystem(command: string, cwd: string, env: NodeJS.ProcessEnv): Promise<System> {
  const line = `exec ${command} exchange ledger courier gateway --port 0`
  const child = spawn('bash', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const hear = (bytes: Buffer) => {
    said += bytes.toString('utf8')
    if (/^gateway /m.test(said)) resolve()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  const ended = once(child, 'exit')
  ended.then(() => reject(new Error(`it ended: ${said}`)), reject)
  await promise
  return {
    stop: async () => {
      child.kill('SIGTERM')
      await ended
    },
  }
}

export interface Played {
  readonly block: Block
  readonly code: number
  readonly out: string
}

/** Plays a page from top to bottom in a copy of the project with an empty data directory. What is exported stays for later blocks. */
export async function playPage(page: string, check: (played: Played) => void): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'schakel-page-'))
  const project = join(home, 'schakel')
  const state = join(home, 'exported')
  let system: System | undefined
  try {
    copyProject(project)
    shim(join(home, 'bin'), project)
    writeFileSync(state, '')
    const env = {
      PATH: `${join(home, 'bin')}:${process.env['PATH'] ?? ''}`,
      SCHAKEL_DATA: join(home, 'data'),
    }
    for (const block of blocksOf(page)) {
      if (block.kind === 'file') {
        mkdirSync(dirname(join(project, block.path)), { recursive: true })
        writeFileSync(join(project, block.path), block.text)
      } else if (block.kind === 'up') {
        system = await startSystem(block.text.trim(), project, { ...process.env, ...env })
      } else {
        const script = `set -euo pipefail; source '${state}'; trap "export -p > '${state}'" EXIT\n${block.text}`
        const { code, stdout, stderr } = await runTool('bash', ['-c', script], project, env)
        check({ block, code, out: `${stdout}${stderr}` })
      }
    }
  } finally {
    await system?.stop()
    rmSync(home, { recursive: true, force: true })
  }
}

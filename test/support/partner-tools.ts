import { execFile, execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The Node that a partner has: the machine's own, not the one this project pins. */
export function systemNode(): string {
  const path = existsSync('/usr/bin/node') ? '/usr/bin/node' : 'node'
  const major = Number(
    execFileSync(path, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' }),
  )
  if (!(major >= 20)) throw new Error(`the machine's Node is ${major}; the SDK wants 20`)
  return path
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a program to its end; its exit code is an answer. */
export async function runTool(
  file: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
): Promise<Ran> {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 16 * 1024 * 1024, timeout: 580_000 }
  try {
    return { code: 0, ...(await run(file, [...args], options)) }
  } catch (error) {
    const { code, stdout, stderr } = error as { code: unknown; stdout: string; stderr: string }
    if (typeof code !== 'number') throw error
    return { code, stdout, stderr }
  }
}

/** `npm install` as a partner does it; what package-lock.json of this project brought is in npm's cache. */
export async function npmInstall(cwd: string, ...packages: readonly string[]): Promise<void> {
  const quiet = ['--prefer-offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
  const { code, stderr } = await runTool('npm', ['install', ...quiet, ...packages], cwd)
  if (code !== 0) throw new Error(`npm install: ${stderr}`)
}

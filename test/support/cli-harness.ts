import { commands } from '#services/cli/commands.ts'
import { runCommand } from '#services/cli/run-command.ts'

export interface CliRun {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** stdout with --json: one value a line. */
  readonly json: readonly Record<string, unknown>[]
}

function parse(stdout: string): readonly Record<string, unknown>[] {
  const lines = stdout.split('\n').filter((line) => line.startsWith('{'))
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
}

/** Runs one command of `schakel` in this process on a data directory. `onLine` hears stdout as it comes. */
export async function schakel(
  data: string,
  args: readonly string[],
  options: { readonly signal?: AbortSignal; readonly onLine?: (text: string) => void } = {},
): Promise<CliRun> {
  const stdout: string[] = []
  const stderr: string[] = []
  const code = await runCommand(commands, args, {
    env: { SCHAKEL_DATA: data },
    cwd: process.cwd(),
    stdout: {
      write: (text) => {
        stdout.push(text)
        options.onLine?.(text)
      },
    },
    stderr: { write: (text) => stderr.push(text) },
    signal: options.signal ?? new AbortController().signal,
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join(''), json: parse(stdout.join('')) }
}

export interface RunningSchakel {
  readonly gateway: string
  /** Ends it; answers its exit code and what it said. */
  stop(): Promise<CliRun>
}

/** `schakel up` on free ports, listening on return. */
export async function schakelUp(data: string): Promise<RunningSchakel> {
  const stopping = new AbortController()
  const { promise: gateway, resolve, reject } = Promise.withResolvers<string>()
  const onLine = (text: string) => {
    const found = /https:\/\/127\.0\.0\.1:[0-9]+/.exec(text)?.[0]
    if (found) resolve(found)
  }
  const args = ['up', 'exchange', 'ledger', 'courier', 'gateway', '--port', '0']
  const running = schakel(data, args, { signal: stopping.signal, onLine })
  running.then(({ stderr }) => reject(new Error(stderr)), reject)
  const stop = () => {
    stopping.abort()
    return running
  }
  return { gateway: await gateway, stop }
}

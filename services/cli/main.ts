import { commands } from './commands.ts'
import { runCommand } from './run-command.ts'

const stopping = new AbortController()
// A second signal finds no handler any more and ends the process at once.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort())
// A supervisor that is gone, however it went, takes its processes along.
if (process.env['SCHAKEL_STOP_WITH_STDIN'] === '1') {
  process.stdin.resume()
  process.stdin.once('close', () => stopping.abort())
}
// Whoever reads our answers may stop reading: `schakel matrix | head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2))

process.exitCode = await runCommand(commands, process.argv.slice(2), {
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stopping.signal,
})
// Else a service that ended by itself would stay, for as long as its supervisor holds the other end open.
if (process.env['SCHAKEL_STOP_WITH_STDIN'] === '1') process.stdin.destroy()

import { asFailure, Failure, fail } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import type { ExitCode } from './command.ts'
import type { CommandEntry } from './commands.ts'
import { commandHelp, overviewHelp } from './help-text.ts'
import { parseCall, type Surroundings } from './parse-call.ts'

function findCommand(commands: readonly CommandEntry[], args: readonly string[]) {
  for (const words of [2, 1]) {
    const entry = commands.find(({ name }) => name === args.slice(0, words).join(' '))
    if (entry) return { entry, rest: args.slice(words) }
  }
  return fail('OPS_USAGE', undefined, `unknown command: ${args[0]}; see schakel --help`)
}

/** What an SDK error says beyond its code's own text. */
function detailOf(error: SchakelError): string | undefined {
  const detail = error.message.replace(`${error.code}: `, '')
  return detail === FAILURES[error.code].en ? undefined : detail
}

/** Errors of the partner's side keep their code; a file that is not there, or may not be read, is the caller's to mend. */
function failureOf(error: unknown): Failure {
  if (error instanceof SchakelError)
    return new Failure(error.code, error.pointer ?? undefined, detailOf(error))
  const { code, path } = (error ?? {}) as NodeJS.ErrnoException
  if (path === undefined || !['ENOENT', 'EACCES', 'EISDIR', 'ENOTDIR'].includes(code ?? ''))
    return asFailure(error)
  return new Failure('OPS_NOT_FOUND', undefined, `${code} ${path}`)
}

/** A failure for people: code, what, where, what to do next; for machines the same as one JSON object on stderr. */
function explain(failure: Failure, args: readonly string[]): string {
  const lang = args.includes('nl') && args.includes('--lang') ? 'nl' : 'en'
  const { next, ...texts } = FAILURES[failure.code]
  const { code, pointer, message } = failure
  if (args.includes('--json'))
    return JSON.stringify({
      error: { code, title: texts[lang], pointer: pointer ?? null, detail: message, next },
    })
  const cause =
    failure.family === 'BUG' && failure.cause instanceof Error ? `\n${failure.cause.stack ?? ''}` : ''
  const where = pointer === undefined ? '' : ` (${pointer})`
  const detail = message === code ? '' : `\n  ${message.slice(code.length + 2)}`
  return `schakel: ${code}: ${texts[lang]}${where}${detail}\n  next: ${next}${cause}`
}

/** Finds the command, parses its arguments, runs it. Whatever is thrown is printed on stderr and answered with 2. */
export async function runCommand(
  commands: readonly CommandEntry[],
  args: readonly string[],
  around: Surroundings,
): Promise<ExitCode> {
  const first = args[0]
  if (first === undefined || first === '--help' || first === 'help') {
    const all = await Promise.all(commands.map((entry) => entry.load()))
    around.stdout.write(`${overviewHelp(all).join('\n')}\n`)
    return first === undefined ? 2 : 0
  }
  try {
    const { entry, rest } = findCommand(commands, args)
    const command = await entry.load()
    const call = parseCall(command, rest, around)
    if (!call.flag('help')) return await command.run(call)
    around.stdout.write(`${commandHelp(command).join('\n')}\n`)
    return 0
  } catch (error) {
    around.stderr.write(`${explain(failureOf(error), args)}\n`)
    return 2
  }
}

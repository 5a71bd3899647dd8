import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { Failure, fail } from '#core/failure.ts'
import type { Call, CliCommand, CliOption } from './command.ts'
import { Output, type Sink } from './output.ts'

/** Options that every command takes. */
export const COMMON_OPTIONS: Readonly<Record<string, CliOption>> = {
  data: { type: 'string', value: 'dir', text: 'data directory (default: $SCHAKEL_DATA, else ./data)' },
  json: { type: 'boolean', text: 'answer in JSON, one object a line' },
  lang: { type: 'string', value: 'nl|en', text: 'language of texts (default: en)' },
  help: { type: 'boolean', text: 'this text' },
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  readonly stdout: Sink
  readonly stderr: Sink
  readonly signal: AbortSignal
}

function language(text: string | undefined): 'nl' | 'en' {
  if (text === undefined || text === 'en') return 'en'
  return text === 'nl' ? 'nl' : fail('OPS_USAGE', '/lang')
}

function parse(command: CliCommand, args: readonly string[]) {
  const options: Record<string, { type: 'boolean' | 'string' }> = {}
  for (const [name, option] of Object.entries({ ...COMMON_OPTIONS, ...command.options }))
    options[name] = { type: option.type }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    throw new Failure('OPS_USAGE', undefined, error instanceof Error ? error.message : undefined)
  }
}

/** Arguments of one command, strictly: an unknown option, a missing or a surplus argument throws `OPS_USAGE`. */
export function parseCall(command: CliCommand, args: readonly string[], around: Surroundings): Call {
  const { values, positionals } = parse(command, args)
  const option = (name: string): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  const flag = (name: string): boolean => values[name] === true
  const [least, most] = command.positionals
  if (!flag('help') && (positionals.length < least || positionals.length > most))
    fail('OPS_USAGE', undefined, `usage: schakel ${command.usage}`)
  return {
    data: resolve(around.cwd, option('data') ?? around.env['SCHAKEL_DATA'] ?? 'data'),
    json: flag('json'),
    lang: language(option('lang')),
    positionals,
    option,
    flag,
    out: new Output(flag('json'), around.stdout, around.stderr),
    signal: around.signal,
  }
}

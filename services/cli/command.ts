import type { Language } from '#core/language.ts'
import type { Output } from './output.ts'

/** 0: yes, done · 1: the answer is no · 2: could not answer. */
export type ExitCode = 0 | 1 | 2

export interface CliOption {
  readonly type: 'boolean' | 'string'
  /** Name of the value in help: `--port <n>`. */
  readonly value?: string
  readonly text: string
}

/** One call of a command, arguments parsed. */
export interface Call {
  /** Absolute path of the data directory. */
  readonly data: string
  readonly json: boolean
  readonly lang: Language
  readonly positionals: readonly string[]
  option(name: string): string | undefined
  flag(name: string): boolean
  readonly out: Output
  /** Aborts on SIGINT and SIGTERM. */
  readonly signal: AbortSignal
}

export interface CliCommand {
  /** One or two words: `why`, `control apply`. */
  readonly name: string
  readonly usage: string
  readonly summary: string
  readonly options: Readonly<Record<string, CliOption>>
  /** Least and most number of positionals. */
  readonly positionals: readonly [number, number]
  run(call: Call): Promise<ExitCode>
}

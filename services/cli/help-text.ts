import type { CliCommand, CliOption } from './command.ts'
import { formatTable } from './format-table.ts'
import { COMMON_OPTIONS } from './parse-call.ts'

const EXIT_CODES = 'Exit codes: 0 yes, 1 the answer is no, 2 could not answer.'

function optionRows(options: Readonly<Record<string, CliOption>>): readonly (readonly string[])[] {
  return Object.entries(options).map(([name, { value, text }]) => [
    value ? `  --${name} <${value}>` : `  --${name}`,
    text,
  ])
}

export function commandHelp(command: CliCommand): readonly string[] {
  const rows = optionRows({ ...command.options, ...COMMON_OPTIONS })
  const [, ...table] = formatTable(['', ''], rows)
  return [`schakel ${command.usage}`, '', command.summary, '', ...table, '', EXIT_CODES]
}

export function overviewHelp(commands: readonly CliCommand[]): readonly string[] {
  const rows = commands.map((command) => [`  ${command.name}`, command.summary])
  const [, ...table] = formatTable(['', ''], rows)
  return ['schakel <command> [--help]', '', ...table, '', EXIT_CODES]
}

import { describe, expect, it } from 'vitest'
import { fail } from '#core/failure.ts'
import type { Call, CliCommand } from '#services/cli/command.ts'
import { commands } from '#services/cli/commands.ts'
import { runCommand } from '#services/cli/run-command.ts'

function command(change: Partial<CliCommand> = {}): CliCommand {
  return {
    name: 'look',
    usage: 'look <thing>',
    summary: 'Looks',
    options: {
      deep: { type: 'boolean', text: 'further' },
      at: { type: 'string', value: 'x', text: 'where' },
    },
    positionals: [1, 1],
    run: async () => 0,
    ...change,
  }
}

async function run(
  commands: readonly CliCommand[],
  args: readonly string[],
  env: Record<string, string> = {},
) {
  const stdout: string[] = []
  const stderr: string[] = []
  const entries = commands.map((each) => ({ name: each.name, load: async () => each }))
  const code = await runCommand(entries, args, {
    env,
    cwd: '/somewhere',
    stdout: { write: (text) => stdout.push(text) },
    stderr: { write: (text) => stderr.push(text) },
    signal: new AbortController().signal,
  })
  return { code, stdout: stdout.join(''), stderr: stderr.join('') }
}

describe('wrong calls', () => {
  it.each([
    ['an unknown command', ['dance']],
    ['an unknown option', ['look', 'x', '--loud']],
    ['too few arguments', ['look']],
    ['too many arguments', ['look', 'x', 'y']],
    ['a value for a flag', ['look', 'x', '--deep=yes']],
    ['an option without its value', ['look', 'x', '--at']],
    ['an unknown language', ['look', 'x', '--lang', 'de']],
  ])('%s: 2 and OPS_USAGE on stderr, nothing on stdout', async (_name, args) => {
    const { code, stdout, stderr } = await run([command()], args)
    expect([code, stdout]).toEqual([2, ''])
    expect(stderr).toContain('OPS_USAGE')
  })

  it('a failure is 2, with code, pointer and next step; with --json as one object', async () => {
    const failing = command({ run: async () => fail('OPS_NOT_FOUND', '/hand-off') })
    const plain = await run([failing], ['look', 'x'])
    expect(plain.code).toBe(2)
    expect(plain.stderr).toMatch(/OPS_NOT_FOUND.*\/hand-off/)
    const { stderr, stdout } = await run([failing], ['look', 'x', '--json'])
    expect(stdout).toBe('')
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'OPS_NOT_FOUND', pointer: '/hand-off' } })
    const dutch = await run([failing], ['look', 'x', '--lang', 'nl'])
    expect(dutch.stderr).not.toBe(plain.stderr)
  })

  it('a bug is 2 and keeps its stack for the developer', async () => {
    const broken = command({
      run: async () => {
        throw new TypeError('oops')
      },
    })
    const { code, stderr } = await run([broken], ['look', 'x'])
    expect(code).toBe(2)
    expect(stderr).toContain('BUG_UNEXPECTED')
    expect(stderr).toContain('frame.test.ts')
  })
})

describe('right calls', () => {
  it('the exit code is the command’s, the data directory comes from --data, SCHAKEL_DATA or ./data', async () => {
    const seen: Call[] = []
    const looking = command({
      run: async (call) => {
        seen.push(call)
        return 1
      },
    })
    expect((await run([looking], ['look', 'x'])).code).toBe(1)
    await run([looking], ['look', 'x'], { SCHAKEL_DATA: 'kept' })
    await run([looking], ['look', 'x', '--data', '/tmp/d', '--deep', '--at', 'here', '--lang', 'nl'], {
      SCHAKEL_DATA: 'kept',
    })
    expect(seen.map((call) => call.data)).toEqual(['/somewhere/data', '/somewhere/kept', '/tmp/d'])
    const last = seen[2]
    expect([last?.flag('deep'), last?.option('at'), last?.lang, last?.positionals]).toEqual([
      true,
      'here',
      'nl',
      ['x'],
    ])
  })

  it('--json leaves nothing but JSON lines on stdout', async () => {
    const talking = command({
      run: async (call) => {
        call.out.line('for people')
        call.out.answer({ a: 1 }, ['a is 1'])
        call.out.progress('working')
        return 0
      },
    })
    const json = await run([talking], ['look', 'x', '--json'])
    expect([json.stdout, json.stderr]).toEqual(['{"a":1}\n', 'working\n'])
    expect((await run([talking], ['look', 'x'])).stdout).toBe('for people\na is 1\n')
  })

  it('the longer name wins, and help names everything', async () => {
    const both = [
      command({ name: 'look', positionals: [1, 2], run: async () => 1 }),
      command({ name: 'look around', positionals: [0, 0] }),
    ]
    expect((await run(both, ['look', 'around'])).code).toBe(0)
    expect((await run(both, ['look', 'x'])).code).toBe(1)
    const help = await run(both, ['look', '--help'])
    expect(help.code).toBe(0)
    for (const text of ['--deep', '--at <x>', '--data <dir>', '--json', '--lang <nl|en>'])
      expect(help.stdout).toContain(text)
    expect((await run(both, ['--help'])).stdout).toContain('look around')
    expect((await run(both, [])).code).toBe(2)
  })
})

describe('the commands of the product', () => {
  it('each is what its entry says, and has its help', async () => {
    for (const entry of commands) {
      const loaded = await entry.load()
      expect(loaded.name).toBe(entry.name)
      expect(loaded.usage.startsWith(entry.name)).toBe(true)
      const { code, stdout } = await run([loaded], [...entry.name.split(' '), '--help'])
      expect([entry.name, code, stdout.includes(loaded.summary)]).toEqual([entry.name, 0, true])
    }
  })
})

describe('matrix', () => {
  it('answers whole blocks, and 1 when there is none', async () => {
    const entry = commands.find(({ name }) => name === 'matrix')
    const loaded = entry ? [await entry.load()] : []
    const { code, stdout } = await run(loaded, ['matrix', 'kmar.alert', '--json'])
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { row: string; lines: string[] })
    expect(code).toBe(0)
    expect(
      rows.some(
        ({ row, lines }) => row.startsWith('kmar.alert:') && lines.some((line) => line.startsWith('permit')),
      ),
    ).toBe(true)
    expect((await run(loaded, ['matrix', 'nobody.knows.this'])).code).toBe(1)
  })
})

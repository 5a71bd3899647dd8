import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from '../../rooms/source-files.ts'

describe('a process under a supervisor', () => {
  it('ends when its command has ended, though its standard input stays open', {
    timeout: 60_000,
  }, async () => {
    const child = spawn(process.execPath, [join(ROOT, 'services', 'cli', 'main.ts'), 'up', '--no-such'], {
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { ...process.env, SCHAKEL_STOP_WITH_STDIN: '1' },
    })
    try {
      const [code] = await once(child, 'exit')
      expect(code).toBe(2)
    } finally {
      child.kill('SIGKILL')
    }
  })
})

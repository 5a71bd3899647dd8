/** kill -9 of a real process on the real SQLite files, before and after its port calls, in between, and again and again. */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { RecordCodecs } from '#core/log/codec.ts'
import { foundedFolder } from '../support/founded-folder.ts'
import { realCodecs } from '../support/record-codecs.ts'
import { seeded } from '../support/sim-world.ts'
import { judgeFolder, runToRest } from '../support/sqlite-exchange.ts'
import { walkOps } from '../support/walk-ops.ts'

const POINTS = Number(process.env['KILL_POINTS'] ?? 12)

let codecs: RecordCodecs
let template: string
beforeAll(async () => {
  codecs = await realCodecs()
  template = await foundedFolder(codecs)
})

function copy(): string {
  const directory = mkdtempSync(join(tmpdir(), 'schakel-kill-'))
  cpSync(template, directory, { recursive: true })
  return directory
}

function child(
  directory: string,
  at: number,
  when: string,
): Promise<{ signal: string | null; code: number | null; calls: number }> {
  return new Promise((resolve) => {
    const script = join(import.meta.dirname, 'exchange-child.ts')
    const args = ['--disable-warning=ExperimentalWarning', script, directory, String(at), when]
    const process_ = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
    let text = ''
    process_.stdout.on('data', (data) => {
      text += data
    })
    process_.on('exit', (code, signal) => resolve({ code, signal, calls: Number(text) }))
  })
}

describe('kill -9 of an exchange on SQLite', () => {
  it('loses nothing, doubles nothing and decides the same', async () => {
    const calm = copy()
    const { code, calls } = await child(calm, -1, 'before')
    expect(code).toBe(0)
    const good = await judgeFolder(calm, codecs)
    expect(good.problems).toEqual([])
    expect(good.answers).toHaveLength(walkOps.length)
    let killed = 0
    for (let point = 0; point < POINTS; point += 1) {
      const at = Math.floor((point * calls) / POINTS)
      const directory = copy()
      const struck = await child(directory, at, point % 2 ? 'after' : 'before')
      if (struck.signal === 'SIGKILL') killed += 1
      await runToRest(directory, codecs)
      const judged = await judgeFolder(directory, codecs)
      expect(judged.problems, `killed at ${at}`).toEqual([])
      expect(judged.answers, `killed at ${at}`).toEqual(good.answers)
    }
    console.log(`killed ${killed} of ${POINTS} times, ${calls} port calls in the good run`)
    expect(killed).toBeGreaterThan(POINTS / 2)
  }, 240_000)

  it('stands a storm of kills on the same files', async () => {
    const chance = seeded(11)
    const directory = copy()
    let kills = 0
    // Rising, so that some are struck late and the run gets through in the end.
    for (let round = 0; round < 14; round += 1) {
      const at = 3 + Math.floor(chance() * (10 + round * 8))
      const { signal } = await child(directory, at, chance() < 0.5 ? 'before' : 'after')
      if (signal !== 'SIGKILL') break
      kills += 1
    }
    await runToRest(directory, codecs)
    const judged = await judgeFolder(directory, codecs)
    console.log(`${kills} kills, ${judged.voids} void records`)
    expect(judged.problems).toEqual([])
    expect(judged.answers).toHaveLength(walkOps.length)
  }, 240_000)
})

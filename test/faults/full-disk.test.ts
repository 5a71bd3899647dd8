/** A disk that is full for a while under the fold, the keys or the log of an exchange: nothing lost, nothing doubled, the same answers. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RecordCodecs } from '#core/log/codec.ts'
import { foundedFolder } from '../support/founded-folder.ts'
import { realCodecs } from '../support/record-codecs.ts'
import { judgeFolder, runToRest } from '../support/sqlite-exchange.ts'

/** As node:sqlite says it: SQLITE_FULL. */
const full = () =>
  Object.assign(new Error('database or disk is full'), { code: 'ERR_SQLITE_ERROR', errcode: 13 })

let codecs: RecordCodecs
let template: string
let good: readonly string[]
const folders: string[] = []

function copy(): string {
  const directory = mkdtempSync(join(tmpdir(), 'schakel-full-'))
  folders.push(directory)
  cpSync(template, directory, { recursive: true })
  return directory
}

beforeAll(async () => {
  codecs = await realCodecs()
  template = await foundedFolder(codecs)
  folders.push(template)
  const calm = copy()
  await runToRest(calm, codecs)
  good = (await judgeFolder(calm, codecs)).answers
})
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

describe('an exchange whose disk is full', () => {
  it.each([
    // Before: nothing was written. After: the log has the block and the fold has not.
    ['fold.commit', 'before'],
    ['keys.put', 'before'],
    ['keys.put', 'after'],
    ['append', 'before'],
    ['append', 'after'],
  ] as const)('goes on when there is room again: %s, %s', async (name, when) => {
    const directory = copy()
    let calls = 0
    const events = await runToRest(directory, codecs, (called, moment) => {
      if (called !== name || moment !== when) return
      calls += 1
      if (calls >= 2 && calls < 6) throw full()
    })
    expect(calls).toBeGreaterThanOrEqual(6)
    expect(events.length).toBeGreaterThan(0)
    const { problems, answers } = await judgeFolder(directory, codecs)
    expect(problems).toEqual([])
    expect(answers).toEqual(good)
  })
})

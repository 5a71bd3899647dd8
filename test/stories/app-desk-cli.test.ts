import { stat } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commands } from '#services/cli/commands.ts'
import { runCommand } from '#services/cli/run-command.ts'
import { askSite } from '../support/ask-site.ts'
import { type StoryRun, startStory } from './story-run.ts'

interface Told {
  readonly url: string
  readonly folder: string
  readonly signIn: Readonly<Record<string, string>>
}

/** `schakel app …` until stopped: what it told, and how it ended. */
function start(data: string, ...args: readonly string[]) {
  const stopping = new AbortController()
  const told = Promise.withResolvers<Told>()
  const stderr: string[] = []
  const ended = runCommand(commands, ['app', ...args, '--data', data, '--json'], {
    env: {},
    cwd: data,
    stdout: { write: (text: string) => told.resolve(JSON.parse(text) as Told) },
    stderr: { write: (text: string) => stderr.push(text) },
    signal: stopping.signal,
  })
  return { told: told.promise, ended, stderr, stop: () => stopping.abort() }
}

describe('schakel app', () => {
  let run: StoryRun
  beforeAll(async () => {
    run = await startStory()
  })
  afterAll(() => run.close())

  it.each([
    [['nothing'], 'OPS_USAGE'],
    [['desk'], 'OPS_USAGE'],
    [['desk', '--as', '../x'], 'OPS_USAGE'],
    [['desk', '--as', 'nobody/x'], 'OPS_KEY'],
    [['desk', '--as', 'tbkk/zaken', '--port', '70000'], 'OPS_USAGE'],
  ])('%s is %s', async (args, code) => {
    const { ended, stderr } = start(run.data, ...args, '--gateway', run.gateway)
    expect([await ended, stderr.join('').includes(code)]).toEqual([2, true])
  })

  it('starts a desk with the keys of its partner, lets its roles in by their links, and stops when told', async () => {
    const { told, ended, stop } = start(run.data, 'desk', '--as', 'tbkk/zaken', '--gateway', run.gateway)
    const { url, folder, signIn } = await told
    expect(Object.keys(signIn)).toEqual(['desk', 'approver'])
    expect((await stat(folder)).mode & 0o077).toBe(0)
    expect((await askSite(url, '/in')).status).toBe(303)
    const { pathname, search } = new URL(signIn['desk'] ?? '')
    const entered = await askSite(url, `${pathname}${search}`)
    const cookie = String(entered.headers['set-cookie']).split(';')[0] ?? ''
    const page = await askSite(url, '/in', { cookie })
    expect([page.status, page.body.includes('class="callout"')]).toEqual([200, false])
    expect((await askSite(url, '/approvals', { cookie })).status).toBe(403)
    stop()
    expect(await ended).toBe(0)
    await expect(askSite(url, '/in')).rejects.toThrow()
  })
})

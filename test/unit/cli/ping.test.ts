import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { STATIONS } from '#services/cli/ping/ping.ts'
import { type RunningSchakel, schakel, schakelUp } from '../../support/cli-harness.ts'

const data = mkdtempSync(join(tmpdir(), 'schakel-ping-'))
const run = (...args: string[]) => schakel(data, args)
let up: RunningSchakel

beforeAll(async () => {
  up = await schakelUp(data)
}, 120_000)
afterAll(async () => {
  await up.stop()
  rmSync(data, { recursive: true, force: true })
})

describe('schakel ping', () => {
  it('of nobody, of a malformed name, or where nothing listens is 2', async () => {
    expect((await run('ping', 'nobody')).stderr).toContain('OPS_NOT_FOUND')
    expect((await run('ping', '../ecpat')).stderr).toContain('OPS_USAGE')
    const away = await run('ping', 'ecpat', '--gateway', 'https://127.0.0.1:1')
    expect([away.code, away.stderr.includes('OPS_UNREACHABLE')]).toEqual([2, true])
  })

  it('says every station in order, and finds the gateway by itself', async () => {
    const { code, json } = await run('ping', 'ecpat', '--json')
    const { partner, arrived, stations } = json[0] ?? {}
    expect([code, partner, arrived]).toEqual([0, 'ecpat/meldpunt', true])
    const passed = stations as readonly { station: string; at: number }[]
    expect(passed.map(({ station }) => station)).toEqual(STATIONS)
    const times = passed.map(({ at }) => at)
    expect(times.at(-1)).toBeGreaterThanOrEqual(times[0] ?? Number.POSITIVE_INFINITY)
  })

  it('is an ordinary hand-off: decided by its own rule, delivered, and in no other inbox', async () => {
    const { json } = await run('ping', 'tbkk/mandaat', '--json')
    const why = await run('why', String(json[0]?.['handoff']))
    expect(why.stdout).toContain('connection-tested')
    expect((await run('inbox', '--as', 'tbkk/zaken', '--json')).json).toEqual([])
  })

  it('of a suspended partner is answered with the reason, and stops there', async () => {
    const tdh = (await import('../../../contracts/partner/tdh.json', { with: { type: 'json' } })).default
    const file = join(data, 'tdh.json')
    writeFileSync(file, JSON.stringify({ ...tdh, suspended: true }))
    expect((await run('control', 'apply', `contracts/partner/tdh.json=${file}`)).code).toBe(0)
    const { code, json, stderr } = await run('ping', 'tdh', '--json')
    expect([code, json[0]?.['arrived'] ?? false, stderr + JSON.stringify(json)]).toEqual([
      expect.any(Number),
      false,
      expect.stringMatching(/PARTNER_SUSPENDED|PEER_[A-Z]+/),
    ])
    expect(code).not.toBe(0)
  })
})

import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { HandoffForSender, HandoffStateName } from '#sdk/gateway-answers.ts'
import { keepUntil } from '#services/desk/keep-until.ts'
import { DESK_LIMITS } from '#services/desk/limits.ts'
import { mostShown } from '#services/desk/most-shown.ts'
import { openDeskStore } from '#services/desk/sqlite-store.ts'
import type { ReceivedRow, SentRow } from '#services/desk/store.ts'

const DAY = DESK_LIMITS.dayMs

const received = (handoff: string, change: Partial<ReceivedRow> = {}): ReceivedRow => ({
  handoff,
  type: 'tip.ngo.forwarded',
  from: 'urn:x',
  at: 1_000,
  handling: 'AMBER',
  obligations: [],
  deadline: null,
  acknowledged: null,
  approval: null,
  sealed: 'jwe',
  evidence: 'label',
  keepUntil: 10 * DAY,
  ...change,
})

const sent = (message: string, states: readonly HandoffStateName[], at = 1_000): SentRow => ({
  message,
  type: 'tip.ngo.forwarded',
  at,
  actor: 'mp-11',
  status: {
    id: message,
    state: 'decided',
    at: null,
    error: null,
    handoffs: states.map((state, index) => ({ handoff: `${message}-${index}`, state }) as HandoffForSender),
  },
})

describe('the memory of a desk', () => {
  it('is whole or nothing, and what is known stays as it is', () => {
    const store = openDeskStore(':memory:')
    const broken = { ...received('ho-2'), at: null as unknown as number }
    expect(() => store.receive([received('ho-1'), broken], [], 'c1')).toThrow()
    expect([store.cursor(), store.received(9)]).toEqual([undefined, []])
    store.receive([received('ho-1')], [{ handoff: 'ho-9', code: 'MSG_SEAL', at: 1 }], 'c1')
    store.acknowledge('ho-1', 5)
    store.receive([received('ho-1')], [], 'c2')
    expect([store.cursor(), store.receivedOne('ho-1')?.acknowledged, store.refused(9).length]).toEqual([
      'c2',
      5,
      1,
    ])
    store.removeContent('ho-1')
    expect(store.receivedOne('ho-1')).toMatchObject({ sealed: null, evidence: 'label' })
  })

  it('asks after a message until every hand-off of it has ended', () => {
    const store = openDeskStore(':memory:')
    store.putSent(sent('m1', ['held', 'delivered']))
    store.putSent(sent('m2', ['delivered', 'refused', 'expired', 'recalled']))
    store.putSent({ ...sent('m3', []), status: { ...sent('m3', []).status, state: 'accepted' } })
    expect(store.sentOpen(9).map(({ message }) => message)).toEqual(['m1', 'm3'])
    store.putSent(sent('m1', ['delivered', 'delivered']))
    expect(store.sentOpen(9).map(({ message }) => message)).toEqual(['m3'])
    expect(store.sentWith('m2-1')?.message).toBe('m2')
  })

  it('forgets at the term of each, the day it is over and not before', () => {
    const store = openDeskStore(':memory:')
    store.receive([received('ho-1', { keepUntil: 10 * DAY })], [], 'c')
    store.putSent(sent('m1', ['held'], 0))
    store.purge(10 * DAY - 1, 20 * DAY)
    expect([store.received(9).length, store.sent(9).length]).toEqual([1, 1])
    store.purge(10 * DAY, 20 * DAY)
    expect([store.received(9).length, store.sent(9).length]).toEqual([0, 1])
    store.purge(20 * DAY, 20 * DAY)
    expect([store.sent(9), store.sentWith('m1-0')]).toEqual([[], undefined])
  })

  it('is for its owner alone, and there again after a restart', () => {
    const folder = mkdtempSync(join(tmpdir(), 'schakel-desk-'))
    const path = join(folder, 'desk.db')
    const first = openDeskStore(path)
    first.receive([received('ho-1')], [], 'c1')
    first.close()
    expect(statSync(path).mode & 0o077).toBe(0)
    const second = openDeskStore(path)
    expect([second.cursor(), second.received(9).length]).toEqual(['c1', 1])
    second.close()
    rmSync(folder, { recursive: true })
  })
})

describe('how long a desk keeps', () => {
  const at = '2026-11-24T12:00:00.000Z'
  const from = Date.parse(at)
  const until = (obligations: readonly string[], retainUntil: number | null = null) =>
    (keepUntil({ at, obligations, label: { retainUntil } }) - from) / DAY

  it('the earliest of label, obligation and its own term', () => {
    expect(until([])).toBe(365)
    expect(until(['secrecy', 'retain:1d', 'retain:2d'])).toBe(1)
    expect(until(['retain:1826d'])).toBe(365)
    expect(until(['retain:10d'], from + 3 * DAY)).toBe(3)
    expect(until(['retain:0d', 'retain:xd', 'retain:1y'])).toBe(365)
  })
})

describe('the most that is shown', () => {
  it('is what was filled in and the rule lets through', () => {
    const data = { facts: 'x', place: 'y', source: null, items: [] }
    expect(mostShown(data, { shows: ['facts', 'source', 'items'] })).toEqual({
      shown: ['facts'],
      hidden: ['place'],
    })
    expect(mostShown(data, { shows: ['*'] })).toEqual({ shown: ['facts', 'place'], hidden: [] })
    expect(mostShown(data, { shows: [] })).toEqual({ shown: [], hidden: ['facts', 'place'] })
  })
})

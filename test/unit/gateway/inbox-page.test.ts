/** A reader that is far behind, and a log that is slow or does not answer: each hand-off is given out as soon as it was read. */
import type { ServerResponse } from 'node:http'
import { PassThrough } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { beforeEach, describe, expect, it } from 'vitest'
import { fail } from '#core/failure.ts'
import type { HandoffId, Oin } from '#core/ids.ts'
import { LIMITS } from '#core/limits.ts'
import { CURSOR_START } from '#services/gateway/cursor.ts'
import type { Identity } from '#services/gateway/identity.ts'
import { inboxPage } from '#services/gateway/inbox-page.ts'
import { streamInbox } from '#services/gateway/stream-inbox.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { MemoryView } from '../../support/memory-view.ts'
import { OINS, testEpochOf, urn } from '../../support/test-epoch.ts'

const COUNT = 20

class SlowView extends MemoryView {
  readonly asked: HandoffId[] = []
  /** ms by the test's clock that each reading takes. */
  takes = 0
  /** What reading this one does; others are there at once. */
  readonly special = new Map<HandoffId, () => Promise<Uint8Array>>()
  readonly #clock: { now: number }

  constructor(clock: { now: number }) {
    super()
    this.#clock = clock
  }

  override async sealed(id: HandoffId) {
    this.asked.push(id)
    this.#clock.now += this.takes
    const special = this.special.get(id)
    return special ? await special() : await super.sealed(id)
  }
}

const oin = OINS.ncb as Oin
const never = () => new Promise<never>(() => undefined)
const down = async () => fail('OPS_LOG_UNAVAILABLE')

let clock: { now: number }
let view: SlowView
let ids: HandoffId[]
let identity: Identity
let ports: Parameters<typeof inboxPage>[0]

beforeEach(() => {
  clock = { now: 1_000 }
  view = new SlowView(clock)
  const partner = testEpochOf().partners.get(oin)
  if (!partner) throw new Error('no such partner')
  identity = { partner, oins: new Set([oin]) }
  ids = Array.from({ length: COUNT }, (_, n) => `ho-3-${n + 10}-00000000000000aa` as HandoffId)
  for (const [n, handoff] of ids.entries())
    view.put(
      handoffRow({ handoff, to: urn(oin, 'ncb'), partition: 3, released: true, releasedSeq: 100 + n }),
      Buffer.from(`jwe.${n}`),
    )
  ports = {
    view,
    openTransit: async (_row, sealed) => Buffer.from(sealed).toString('latin1'),
    clock: { now: () => clock.now, sleep: async () => undefined },
  }
})

const page = () => inboxPage(ports, { identity, after: CURSOR_START, limit: 100, endpoint: null })

/** What a stream has written so far, and how to end it. */
function stream() {
  const response = new PassThrough()
  let text = ''
  response.on('data', (bytes: Buffer) => {
    text += bytes.toString('utf8')
  })
  const stop = new AbortController()
  const from = { cursor: CURSOR_START, endpoint: null }
  const running = streamInbox(
    ports,
    response as unknown as ServerResponse,
    async () => identity,
    from,
    stop.signal,
  )
  running.catch(() => undefined)
  return {
    running,
    stop: () => stop.abort(),
    handoffs: () =>
      [...text.matchAll(/^data: (.*)$/gm)].map(([, data]) => JSON.parse(data ?? '').handoff as string),
  }
}

async function until(done: () => boolean): Promise<void> {
  for (let turns = 0; turns < 10_000 && !done(); turns += 1) await turn()
}

describe('a page of the inbox', () => {
  it('whose first hand-off cannot be read fails', async () => {
    view.special.set(ids[0] as HandoffId, down)
    await expect(page()).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
  })

  it('keeps what was read before one that cannot be', async () => {
    view.special.set(ids[3] as HandoffId, down)
    const found = await page()
    expect(found.items.map(({ handoff }) => handoff)).toEqual(ids.slice(0, 3))
    expect([found.next[3], found.more]).toEqual([102, true])
  })

  it('ends when its time is over, with at least one', async () => {
    view.takes = LIMITS.inboxTurnMs
    const found = await page()
    expect(found.items.length).toBeGreaterThan(0)
    expect(found.items.length).toBeLessThan(COUNT)
    expect(found.more).toBe(true)
  })

  it('reads ahead, and no further than it may', async () => {
    view.special.set(ids[0] as HandoffId, never)
    page().catch(() => undefined)
    await turn()
    // The one that is waited for, and so many behind it.
    expect(view.asked).toEqual(ids.slice(0, LIMITS.inboxReadAhead + 1))
  })
})

describe('a stream', () => {
  it('gives out what was read before one that does not come', async () => {
    view.special.set(ids[5] as HandoffId, never)
    const { handoffs, stop } = stream()
    await until(() => handoffs().length === 5)
    expect(handoffs()).toEqual(ids.slice(0, 5))
    stop()
  })

  it('gives out all of a long backlog, in order, however slow each is', async () => {
    view.takes = LIMITS.inboxTurnMs / 2
    const { handoffs, stop } = stream()
    await until(() => handoffs().length === COUNT)
    expect(handoffs()).toEqual(ids)
    stop()
  })

  it('ends where the view no longer follows the log', async () => {
    view.stale = LIMITS.viewAgeMs + 1
    const { running, handoffs } = stream()
    await expect(running).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
    expect(handoffs()).toEqual([])
  })
})

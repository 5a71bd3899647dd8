import { describe, expect, it } from 'vitest'
import type { HandoffForSender, MessageStatus } from '#sdk/gateway-answers.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { Inbox } from '#sdk/receiver.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { Collector } from '#services/desk/collector.ts'
import { DESK_LIMITS } from '#services/desk/limits.ts'
import type { DeskConnection } from '#services/desk/ports.ts'
import { openDeskStore } from '#services/desk/sqlite-store.ts'

const AT = '2026-11-24T12:00:00.000Z'
const status = (id: string, change: Partial<MessageStatus> = {}): MessageStatus => ({
  id,
  state: 'accepted',
  at: null,
  error: null,
  handoffs: [],
  ...change,
})

class World {
  now = Date.parse(AT)
  readonly store = openDeskStore(':memory:')
  readonly asked: string[] = []
  pages: Inbox[] = []
  down: SchakelError | null = null
  answers = new Map<string, MessageStatus | SchakelError>()
  again: MessageStatus | SchakelError = status('m1', { state: 'decided' })
  readonly collector = new Collector({
    store: this.store,
    clock: { now: () => this.now, sleep: async () => {} },
    connection: {
      inbox: async (after?: string) => {
        if (this.down) throw this.down
        this.asked.push(`inbox ${after}`)
        return this.pages.shift() ?? { items: [], refused: [], next: after ?? 'end', more: false }
      },
      handoff: async (handoff: string) => ({
        handoff,
        role: 'recipient',
        state: 'sealed',
        at: AT,
        deadline: AT,
      }),
      status: async (id: string) => this.told(id, this.answers.get(id) ?? new SchakelError('OPS_NOT_FOUND')),
      again: async (id: string) => this.told(`again ${id}`, this.again),
    } as unknown as DeskConnection,
  })

  told(what: string, answer: MessageStatus | SchakelError): MessageStatus {
    this.asked.push(what)
    if (answer instanceof SchakelError) throw answer
    return answer
  }

  /** A moment later, so that there is a look. */
  look(): Promise<void> {
    this.now += DESK_LIMITS.restMs
    return this.collector.look()
  }

  send(message: string, known = status(message)): void {
    this.store.putSent({ message, type: 'tip.feedback', at: this.now, actor: 'a', status: known })
  }
}

const handoff = (id: string): Handoff =>
  ({
    handoff: id,
    type: 'tip.feedback',
    from: 'urn:x',
    at: AT,
    label: { handling: 'GREEN', retainUntil: null },
    obligations: [],
    approval: null,
    sealed: 'jwe',
    evidence: 'label',
  }) as unknown as Handoff

describe('a desk that looks', () => {
  it('says since when the exchange is away, and forgets it when it is back', async () => {
    const world = new World()
    world.down = new SchakelError('OPS_UNREACHABLE', { retryable: true })
    await world.look()
    const since = world.now
    await world.look()
    expect(world.collector.trouble).toEqual({ code: 'OPS_UNREACHABLE', since })
    world.down = null
    await world.look()
    expect(world.collector.trouble).toBeNull()
  })

  it('throws what is no failure of the exchange', async () => {
    const world = new World()
    world.pages = [{ items: [{}], refused: [], next: 'c', more: false } as unknown as Inbox]
    await expect(world.look()).rejects.toThrow(TypeError)
    expect(world.store.cursor()).toBeUndefined()
  })

  it('reads page after page from where it was, keeps what did not hold apart, and rests between looks', async () => {
    const world = new World()
    const refused = [{ handoff: 'ho-3', error: new SchakelError('MSG_SEAL') }]
    world.pages = [
      { items: [handoff('ho-1')], refused, next: 'c1', more: true },
      { items: [handoff('ho-2')], refused: [], next: 'c2', more: false },
    ]
    await world.look()
    await world.collector.look()
    expect(world.asked).toEqual(['inbox undefined', 'inbox c1'])
    expect(world.store.received(9).map((row) => row.handoff)).toEqual(['ho-1', 'ho-2'])
    expect(world.store.refused(9)).toMatchObject([{ handoff: 'ho-3', code: 'MSG_SEAL' }])
  })

  it('sends again what the exchange never got; what nobody has any more has ended', async () => {
    const world = new World()
    world.send('m1')
    await world.look()
    expect([world.asked.includes('again m1'), world.store.sentOpen(9)]).toEqual([true, []])
    world.send('m2')
    world.again = new SchakelError('OPS_UNREACHABLE', { retryable: true })
    await world.look()
    expect(world.store.sentOne('m2')?.status.state).toBe('accepted')
    world.again = new SchakelError('OPS_NOT_FOUND')
    await world.look()
    expect(world.store.sentOne('m2')?.status).toMatchObject({
      state: 'refused',
      error: { code: 'OPS_NOT_FOUND' },
    })
  })

  it('asks after all that is open in turn, however many', async () => {
    const world = new World()
    const count = DESK_LIMITS.asksPerLook + 10
    const held = [{ handoff: 'x', state: 'held' } as HandoffForSender]
    for (let index = 0; index < count; index += 1) {
      const id = `m${String(index).padStart(3, '0')}`
      world.send(id, status(id, { state: 'decided', handoffs: held }))
      world.answers.set(id, status(id, { state: 'decided', handoffs: held }))
    }
    await world.look()
    await world.look()
    expect(new Set(world.asked.filter((one) => one.startsWith('m'))).size).toBe(count)
  })
})

import { describe, expect, it } from 'vitest'
import { Turns } from '#services/exchange/turns.ts'

const loopTurn = () => new Promise<void>((resolve) => setImmediate(resolve))

describe('turns of the partitions of one process', () => {
  it('passes a turn on when its work throws', async () => {
    const turns = new Turns()
    const failed = turns.take(false, async () => {
      throw new Error('no')
    })
    const next = turns.take(false, async () => 'next')
    await expect(failed).rejects.toThrow('no')
    expect(await next).toBe('next')
  })

  it('goes by who waits longest, and what is short goes first', async () => {
    const turns = new Turns()
    const order: string[] = []
    const take = (name: string, short = false) =>
      turns.take(short, async () => {
        order.push(name)
      })
    await Promise.all([take('a'), take('b'), take('c'), take('d', true), take('e', true)])
    expect(order).toEqual(['a', 'd', 'e', 'b', 'c'])
  })

  it('begins no other while one works without waiting for anything', async () => {
    const turns = new Turns()
    const order: string[] = []
    const take = (name: string) =>
      turns.take(false, async () => {
        order.push(`${name} begins`)
        for (let step = 0; step < 20; step += 1) await Promise.resolve()
        order.push(`${name} ends`)
      })
    await Promise.all([take('a'), take('b')])
    expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  })

  it('lets others begin while one waits for a store, and each once', async () => {
    const turns = new Turns()
    const order: string[] = []
    const store = Promise.withResolvers<void>()
    const slow = turns.take(false, async () => {
      await store.promise
      order.push('slow')
    })
    await Promise.all(['b', 'c'].map((name) => turns.take(false, async () => void order.push(name))))
    store.resolve()
    await slow
    expect(order).toEqual(['b', 'c', 'slow'])
  })

  it('gives the event loop its turn when its own time is spent', async () => {
    const turns = new Turns()
    const order: string[] = []
    const busy = (name: string) =>
      turns.take(false, async () => {
        const until = performance.now() + 11
        while (performance.now() < until);
        order.push(name)
      })
    const work = Promise.all([busy('a'), busy('b')])
    await loopTurn()
    order.push('loop')
    await work
    expect(order).toEqual(['a', 'loop', 'b'])
  })
})

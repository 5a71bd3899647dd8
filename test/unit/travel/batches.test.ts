import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BATCH_TERMS, batchDue } from '#services/travel/batch-terms.ts'
import { type Batch, keepBatches, memoryBatches } from '#services/travel/keep-batches.ts'

const HOUR = 3_600_000
const T0 = Date.UTC(2026, 2, 1, 8)

function world() {
  let now = T0
  const store = memoryBatches<string>()
  const kept = keepBatches(store, () => now)
  return {
    store,
    kept,
    at(hours: number, ms = 0) {
      now = T0 + hours * HOUR + ms
    },
  }
}

const batch = (regime: Batch<string>['regime'], departed = T0): Batch<string> => ({
  id: 'b1',
  regime,
  received: T0,
  departed,
  rows: [
    { row: 'r1', noShow: false, value: 'boarded' },
    { row: 'r2', noShow: true, value: 'no-show' },
  ],
})

describe('a batch is refused or unreadable when its term has passed', () => {
  it('refuses what comes more than 96 hours after departure', async () => {
    const { kept, at, store } = world()
    at(96)
    expect(await kept.accept(batch('api-2025'))).toBe('too-late')
    expect(await store.all()).toEqual([])
  })

  it('reads nothing past the term, also where purge was late', async () => {
    const { kept, at } = world()
    await kept.accept(batch('api-2004'))
    at(24, -1)
    expect(await kept.read('b1')).toHaveLength(2)
    at(24)
    expect(await kept.read('b1')).toEqual([])
  })
})

describe('purge', () => {
  it('2004/82: all after 24 hours, not a millisecond before', async () => {
    const { kept, at, store } = world()
    await kept.accept(batch('api-2004'))
    at(24, -1)
    expect(await kept.purge()).toEqual([])
    at(24)
    expect(await kept.purge()).toEqual([
      { batch: 'b1', regime: 'api-2004', rows: 2, due: T0 + 24 * HOUR, at: T0 + 24 * HOUR },
    ])
    expect(await store.all()).toEqual([])
    expect(await kept.nextDue()).toBeUndefined()
  })

  it('2025/12: 48 hours after departure, no-shows 48 more', async () => {
    const { kept, at, store } = world()
    await kept.accept(batch('api-2025', T0 + HOUR))
    expect(await kept.nextDue()).toBe(T0 + 49 * HOUR)
    at(49)
    expect((await kept.purge()).map((one) => one.rows)).toEqual([1])
    expect((await store.get('b1'))?.rows.map((row) => row.row)).toEqual(['r2'])
    at(97)
    expect((await kept.purge()).map((one) => one.rows)).toEqual([1])
    expect(await store.all()).toEqual([])
  })

  it('leaves nothing that is due, and takes nothing that is not', () => {
    const regime = fc.constantFrom(...Object.values(BATCH_TERMS).map((term) => term.regime))
    return fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ regime, received: fc.nat(100), departed: fc.nat(100), noShow: fc.boolean() })),
        fc.nat(250),
        async (rows, hours) => {
          const store = memoryBatches<number>()
          for (const [index, one] of rows.entries())
            await store.put({
              id: String(index),
              regime: one.regime,
              received: one.received * HOUR,
              departed: one.departed * HOUR,
              rows: [{ row: 'r', noShow: one.noShow, value: index }],
            })
          await keepBatches(store, () => hours * HOUR).purge()
          const left = new Set((await store.all()).map((one) => one.id))
          for (const [index, one] of rows.entries()) {
            const at = { received: one.received * HOUR, departed: one.departed * HOUR }
            expect(left.has(String(index))).toBe(hours * HOUR < batchDue(one.regime, at, one.noShow))
          }
        },
      ),
    )
  })
})

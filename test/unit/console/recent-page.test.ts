import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { EVERYTHING, type ListCursor, parseListQuery } from '#services/console/list-query.ts'
import { PAGE_ROWS, recentPage, rowsAfter, SCAN_ROWS } from '#services/console/recent-page.ts'
import { PageRefusal } from '#web/page-refusal.ts'
import { ConsoleView } from '../../support/console-harness.ts'
import { handoffId, recordOf, verdictOf } from '../../support/console-rows.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { OINS, urn } from '../../support/test-epoch.ts'

const TO = urn(OINS.tbkk, 'zaken')

function viewOf(times: readonly number[]): ConsoleView {
  const view = new ConsoleView()
  for (const [index, at] of times.entries())
    view.put(handoffRow({ handoff: handoffId(index % 16, index + 2), to: TO, at }))
  return view
}

async function walk(view: ConsoleView, change = {}): Promise<readonly string[]> {
  const seen: string[] = []
  let before: ListCursor | null = null
  do {
    const page = await recentPage(view, { ...EVERYTHING, before, ...change })
    seen.push(...page.items.map(({ row }) => row.handoff))
    before = page.next
  } while (before)
  return seen
}

describe('a query that is none of the page’s is refused', () => {
  it.each([
    { state: 'open' },
    { state: ['held', 'sealed'] },
    { verdict: 'maybe' },
    { partner: '<script>' },
    { partner: '1' },
    { before: '1' },
    { before: '1.ho-99-1-0000000000000000' },
    { before: '-1.ho-1-1-0000000000000000' },
    { before: `1.ho-1-1-0000000000000000'` },
  ])('%j', (query) => {
    expect(() => parseListQuery(query)).toThrow(PageRefusal)
  })

  it('reads an empty choice of the form as all, and nothing from the prototype', () => {
    expect(parseListQuery({ state: '', verdict: '', partner: '' })).toEqual(EVERYTHING)
    expect(parseListQuery(Object.create({ state: 'open' }))).toEqual(EVERYTHING)
  })
})

describe('paging', () => {
  it('shows every hand-off once, however many share a moment', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 40, maxLength: 260, size: 'max' }),
        async (times) => {
          const view = viewOf(times)
          expect(await walk(view)).toEqual(view.recent(times.length).map(({ handoff }) => handoff))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('goes on with what is older when the cursor’s hand-off is gone', () => {
    const view = viewOf([1, 2, 3])
    expect(rowsAfter(view, { at: 3, handoff: handoffId(0, 99) }, 9).map(({ at }) => at)).toEqual([2, 1])
  })

  it('opens the decisions of one page only', async () => {
    const view = viewOf(Array.from({ length: 200 }, (_, index) => index))
    const page = await recentPage(view, EVERYTHING)
    expect([page.items.length, page.scanned, view.opened]).toEqual([PAGE_ROWS, PAGE_ROWS, PAGE_ROWS])
    expect(page.next).not.toBeNull()
  })
})

describe('filters', () => {
  it('by partner: sender or recipient', async () => {
    const view = viewOf([1, 2])
    const other = handoffId(5, 77)
    view.put(handoffRow({ handoff: other, to: urn(OINS.ncb, 'ncb'), from: urn(OINS.ph, 'ncb'), at: 3 }))
    expect(await walk(view, { partner: OINS.ph })).toEqual([other])
    expect(await walk(view, { partner: OINS.tbkk })).toHaveLength(2)
    expect(await walk(view, { partner: OINS.stranger })).toEqual([])
  })

  it('by verdict: the latest one', async () => {
    const view = viewOf([1])
    const handoff = handoffId(5, 77)
    const hold = recordOf(handoff, { verdict: verdictOf({ kind: 'hold' }) })
    const permit = recordOf(handoff, { verdict: verdictOf({ kind: 'permit' }) })
    view.put(handoffRow({ handoff, to: TO, at: 3 }), undefined, [hold, permit, recordOf(handoff)])
    expect(await walk(view, { verdict: 'permit' })).toEqual([handoff])
    expect(await walk(view, { verdict: 'hold' })).toEqual([])
  })

  it('looks through a bounded number of rows, and hands on where it stopped', async () => {
    const view = viewOf(Array.from({ length: SCAN_ROWS + 150 }, (_, index) => index))
    const first = await recentPage(view, { ...EVERYTHING, state: 'held' })
    expect([first.items.length, first.scanned]).toEqual([0, SCAN_ROWS])
    const second = await recentPage(view, { ...EVERYTHING, state: 'held', before: first.next })
    expect([second.scanned, second.next]).toEqual([150, null])
  })
})

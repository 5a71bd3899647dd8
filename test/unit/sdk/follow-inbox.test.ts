import { describe, expect, it } from 'vitest'
import { followInbox, type InboxReader } from '#sdk/follow-inbox.ts'
import type { Handoff } from '#sdk/open-handoff.ts'
import { SchakelError } from '#sdk/sdk-error.ts'

type Arrive = InboxReader['arrive']

/** An inbox of three that can be read from any of them on; ends when the reader has read, or slept, often enough. */
async function read(arrive: Arrive, streams = 1) {
  const stopping = new AbortController()
  const done = { acknowledged: [] as string[], reports: [] as string[], slept: 0, cursor: '' }
  let opened = 0
  const reader: InboxReader = {
    link: {
      async *stream(_signal: AbortSignal, after?: string) {
        opened += 1
        for (const id of ['1', '2', '3'])
          if (id > (after ?? '')) yield { handoff: `ho-${id}`, cursor: id } as unknown as Handoff
        if (opened >= streams) stopping.abort()
      },
      acknowledge: async ({ handoff }: Handoff) => done.acknowledged.push(handoff),
    } as unknown as InboxReader['link'],
    cursor: () => done.cursor,
    moveTo: (cursor) => {
      done.cursor = cursor
    },
    arrive,
    clock: {
      sleep: async () => {
        done.slept += 1
      },
    },
    report: (error, about) => done.reports.push(`${about} ${(error as { code?: string }).code ?? 'bug'}`),
  }
  await followInbox(reader, stopping.signal)
  return done
}

describe('following an inbox', () => {
  it('what it cannot work on is reported and passed over, unacknowledged', async () => {
    const seen = await read(({ handoff }) => {
      if (handoff === 'ho-2') throw new SchakelError('MSG_DATA')
      return handoff !== 'ho-3'
    })
    expect(seen).toMatchObject({ acknowledged: ['ho-1'], cursor: '3', slept: 0 })
    expect(seen.reports).toEqual(['ho-2 MSG_DATA', 'ho-3 OPS_NOT_FOUND'])
  })

  it.each([
    ['the exchange is away', new SchakelError('OPS_UNREACHABLE', { retryable: true }), 'OPS_UNREACHABLE'],
    ['a bug of its own', new RangeError('x'), 'bug'],
  ])('what fails for now is tried again from where it stood: %s', async (_what, failure, told) => {
    let tries = 0
    const seen = await read(({ handoff }) => {
      if (handoff === 'ho-2' && ++tries === 1) throw failure
      return true
    }, 2)
    expect(seen).toMatchObject({ acknowledged: ['ho-1', 'ho-2', 'ho-3'], cursor: '3', slept: 1 })
    expect(seen.reports).toEqual([`inbox ${told}`])
  })
})

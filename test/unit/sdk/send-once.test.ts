import { describe, expect, it } from 'vitest'
import type { Connection } from '#sdk/connect.ts'
import { SchakelError } from '#sdk/sdk-error.ts'
import { messageIdOf, outcomeNow, sendOnce } from '#sdk/send-once.ts'

type Link = Pick<Connection, 'publish' | 'status'>
const message = { id: 'm-1' } as Parameters<typeof sendOnce>[2]
const error = (code: string) => ({ code, title: 'words', pointer: null, next: '' })
const decided = {
  state: 'decided',
  error: null,
  handoffs: [
    { handoff: 'h-1', verdict: { kind: 'deny', reasons: [{ code: 'A', nl: 'n', en: 'e', rule: 'r' }] } },
  ],
}
const deny = { verdict: 'deny', handoff: 'h-1', reasons: [{ code: 'A', nl: 'n', en: 'e' }] }

function link(publish: unknown, status?: unknown): Link {
  const answer = (what: unknown) => async () => {
    if (what instanceof Error) throw what
    return what
  }
  return { publish: answer(publish), status: answer(status) } as unknown as Link
}

describe('sending once', () => {
  it('is refused for good, before the exchange or by it', async () => {
    const thrown = await sendOnce(link(new SchakelError('MSG_DATA')), 't', message)
    expect([thrown.verdict, thrown.reasons[0]?.code]).toEqual(['refused', 'MSG_DATA'])
    const answered = { state: 'refused', error: error('MSG_TYPE'), handoffs: [] }
    expect(await sendOnce(link(answered), 't', message)).toMatchObject({ verdict: 'refused', handoff: null })
  })

  it('that the exchange could not take now is not answered yet', async () => {
    const failure = new SchakelError('OPS_UNREACHABLE', { retryable: true })
    const pending = { verdict: 'unanswered', handoff: null, reasons: [] }
    expect(await sendOnce(link(failure), 't', message)).toEqual(pending)
    expect(await sendOnce(link({ state: 'accepted', error: null, handoffs: [] }), 't', message)).toEqual(
      pending,
    )
    await expect(outcomeNow(link(null, failure), 'm-1')).rejects.toBe(failure)
  })

  it('twice under one id answers what became of the first', async () => {
    const reused = { state: 'refused', error: error('MSG_ID_REUSED'), handoffs: [] }
    expect(await sendOnce(link(reused, decided), 't', message)).toEqual(deny)
  })

  it('that was decided has its verdict and reasons', async () => {
    expect(await sendOnce(link(decided), 't', message)).toEqual(deny)
    expect(await outcomeNow(link(null, decided), 'm-1')).toEqual(deny)
  })

  it('lets a bug of ours be one', async () => {
    await expect(sendOnce(link(new RangeError('x')), 't', message)).rejects.toThrow(RangeError)
  })

  it('has an id that is the same for the same thing, and under another key another', () => {
    const [key, other] = [Buffer.from('k1'), Buffer.from('k2')]
    expect(messageIdOf(key, 'a')).toBe(messageIdOf(key, 'a'))
    expect(new Set([messageIdOf(key, 'a'), messageIdOf(key, 'b'), messageIdOf(other, 'a')]).size).toBe(3)
    expect(messageIdOf(key, 'a')).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
  })
})

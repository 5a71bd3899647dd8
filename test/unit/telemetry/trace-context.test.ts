import { describe, expect, it } from 'vitest'
import type { HandoffId } from '#core/ids.ts'
import { parseTraceparent, recipientTraceparent, spanIdOf, traceIdOf } from '#core/message/trace-context.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'

describe('a sender’s traceparent', () => {
  it.each([
    undefined,
    '',
    42,
    [`00-${TRACE}-${SPAN}-01`],
    `01-${TRACE}-${SPAN}-01`,
    `00-${'0'.repeat(32)}-${SPAN}-01`,
    `00-${TRACE}-${'0'.repeat(16)}-01`,
    `00-${TRACE.toUpperCase()}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01-more`,
    ` 00-${TRACE}-${SPAN}-01`,
    `00-${TRACE}-${SPAN}-01\n`,
  ])('%j is none', (text) => {
    expect(parseTraceparent(text)).toBeUndefined()
  })

  it('is read when it is exactly one', () => {
    expect(parseTraceparent(`00-${TRACE}-${SPAN}-01`)).toEqual({ traceId: TRACE, spanId: SPAN })
  })
})

describe('ids of our own', () => {
  const id = (r: string) => `ho-1-2-${r.repeat(16)}` as HandoffId

  it('are those of W3C, the same for everybody inside, and another for another log, sender or message', () => {
    const one = traceIdOf('log', 'a', 'm')
    expect(one).toMatch(/^[0-9a-f]{32}$/)
    expect(traceIdOf('log', 'a', 'm')).toBe(one)
    const others = [
      traceIdOf('gol', 'a', 'm'),
      traceIdOf('log', 'b', 'm'),
      traceIdOf('log', 'a', 'n'),
      traceIdOf('loga', '', 'm'),
    ]
    expect(new Set([one, ...others]).size).toBe(5)
    expect(spanIdOf(one, 'exchange.answer')).toMatch(/^[0-9a-f]{16}$/)
    expect(spanIdOf(one, 'a', 'b')).not.toBe(spanIdOf(one, 'ab'))
  })

  it('of recipients have nothing in common but their form, and need the key', () => {
    const key = Buffer.alloc(32, 1)
    const [first, second] = [recipientTraceparent(key, id('1')), recipientTraceparent(key, id('2'))]
    expect(parseTraceparent(first)).toBeDefined()
    expect(first.slice(3, 52)).not.toBe(second.slice(3, 52))
    expect(recipientTraceparent(Buffer.alloc(32, 2), id('1'))).not.toBe(first)
    expect(recipientTraceparent(key, id('1'))).toBe(first)
  })
})

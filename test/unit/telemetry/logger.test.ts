import { describe, expect, it } from 'vitest'
import { openLogger } from '#adapters/telemetry/logger.ts'
import { asFailure, Failure } from '#core/failure.ts'

const MARK = 'Jan Jansen 999990019'

function capture() {
  const lines: string[] = []
  const logger = openLogger('exchange', { write: (text: string) => void lines.push(text) })
  return { logger, lines, last: () => JSON.parse(lines.at(-1) ?? '{}') as Record<string, unknown> }
}

describe('the log', () => {
  it('has no way in for text: messages, details, causes, pointers and unknown words stay out', () => {
    const { logger, lines } = capture()
    const odd = { partition: 1, name: MARK } as never
    logger.say('note', odd)
    logger.failure('failure', new Failure('OPS_DELIVERY', `/${MARK}`, MARK), MARK)
    logger.failure('failure', new Failure('OPS_DELIVERY'), `urn:nld:oin:00000099000000001000:systeem:${MARK}`)
    const wrapped = asFailure(new TypeError(`${MARK}\n    at ${MARK} (services/${MARK}.ts:1)`))
    logger.failure('bug', wrapped)
    class Named extends Error {
      override name = MARK
    }
    logger.failure('bug', asFailure(new Named('x')))
    expect(lines.length).toBe(5)
    for (const part of ['Jan', 'Jansen', '999990019', 'urn:nld'])
      expect([part, lines.filter((line) => line.includes(part))]).toEqual([part, []])
  })

  it('says code, place, request and where in our code', () => {
    const { logger, last } = capture()
    logger.failure('failure', new Failure('OPS_DELIVERY'), 'ho-3-12-00000000000000aa')
    expect(last()).toMatchObject({
      level: 'warn',
      service: 'exchange',
      code: 'OPS_DELIVERY',
      partition: 3,
      seq: 12,
    })
    expect(last()).not.toHaveProperty('about')
    logger.failure('failure', new Failure('OPS_CONTROL'), 'control')
    expect(last()).toMatchObject({ about: 'control' })
    const request = '0e2f2b4e-7b6a-4c34-9c0a-0d2c8f1f6a01'
    const bug = new Error('x')
    bug.stack =
      'Error: x\n    at evaluate (file:///srv/app/services/_core/handoff/evaluate.ts:12:3)\n    at node:internal/main:1:1'
    logger.failure('bug', asFailure(bug), request)
    expect(last()).toMatchObject({ level: 'error', request, at: ['services/_core/handoff/evaluate.ts:12'] })
  })

  it('passes numbers only', () => {
    const { logger, last } = capture()
    logger.say('share', { partitions: [1, 2], partition: Number.NaN })
    expect(last()).toMatchObject({ event: 'share', partitions: [1, 2] })
    expect(last()).not.toHaveProperty('partition')
  })
})

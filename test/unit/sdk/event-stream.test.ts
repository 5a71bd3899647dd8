import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseEventStream, type StreamEvent } from '#sdk/event-stream.ts'

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]
  for (const [index, place] of places.entries())
    yield bytes.subarray(place, places[index + 1] ?? bytes.length)
}

async function parse(text: string, cuts: readonly number[] = []): Promise<StreamEvent[]> {
  const events: StreamEvent[] = []
  for await (const event of parseEventStream(pieces(Buffer.from(text), cuts))) events.push(event)
  return events
}

describe('event stream', () => {
  it('gives nothing for comments, empty events, and an event that was cut off', async () => {
    expect(await parse(': \n\nevent: handoff\n\nretry: 1000\n\nid: 3\ndata: half')).toEqual([])
  })

  it('refuses an event without end', async () => {
    await expect(parse(`data: ${'x'.repeat(5 * 1024 * 1024)}`)).rejects.toMatchObject({ code: 'MSG_SIZE' })
  })

  it('reads fields, keeps the last id, ignores ids with NUL', async () => {
    expect(await parse('id: 1\nevent: handoff\ndata:a\ndata: b\n\nid: x\0y\ndata: c\n\n')).toEqual([
      { event: 'handoff', data: 'a\nb', id: '1' },
      { event: 'message', data: 'c', id: '1' },
    ])
  })

  it('reads the same however the bytes are cut', async () => {
    const lines = [
      'id: 7',
      'event: handoff',
      'data: {"é":"€"}',
      '',
      ': heartbeat',
      '',
      'id: 8',
      'data: x',
      '',
      '',
    ]
    const whole = await parse(lines.join('\n'))
    expect(whole).toHaveLength(2)
    const cuts = fc.array(fc.nat({ max: 200 }), { maxLength: 8 })
    await fc.assert(
      fc.asyncProperty(cuts, fc.constantFrom('\n', '\r\n'), async (at, end) => {
        expect(await parse(lines.join(end), at)).toEqual(whole)
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import type { PartnerTopics } from '#core/ports/partner-topics.ts'

type Headers = readonly (readonly [string, Uint8Array])[]

export interface PartnerTopicsFixture {
  readonly topics: PartnerTopics
  /** A partner that has both topics, empty; a fresh one for each call. */
  partner(): Promise<string>
  /** What the partner's own client writes. */
  publish(oin: string, headers: Headers, value: Uint8Array | null): Promise<void>
}

const text = (value: string) => Buffer.from(value)
const entry = (id: string) => ({
  key: id,
  headers: { ce_id: id, 'content-type': 'application/jose' },
  value: text(id),
})

/** Everything from the beginning, page by page. */
export async function everything(topics: PartnerTopics, oin: string, topic: 'in' | 'out') {
  const found = []
  let from = 0
  for (;;) {
    const { records, next } = await topics.read(oin as never, topic, from)
    found.push(...records)
    if (next === from) return { found, next }
    from = next
  }
}

const plain = (records: Awaited<ReturnType<typeof everything>>['found']) =>
  records.map(({ headers, value }) => ({
    headers: headers.map(([name, bytes]) => `${name}=${Buffer.from(bytes).toString('latin1')}`),
    value: value && Buffer.from(value).toString('latin1'),
  }))

/** What every adapter of PartnerTopics does. */
export function partnerTopicsSuite(name: string, fixture: () => PartnerTopicsFixture): void {
  describe(`partner topics: ${name}`, () => {
    it("an unknown partner's topics are in doubt, never empty", async () => {
      const { topics } = fixture()
      if (name === 'memory') return
      const nobody = '00000099000000009999' as never
      await expect(topics.read(nobody, 'in', 0)).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
      await expect(topics.append(nobody, entry('x'))).rejects.toMatchObject({ code: 'OPS_LOG_UNAVAILABLE' })
    })

    it('reads what a partner wrote as it is: repeated, empty and binary headers, no value', async () => {
      const { topics, partner, publish } = fixture()
      const oin = await partner()
      expect(await topics.read(oin as never, 'in', 0)).toEqual({ records: [], next: 0 })
      await publish(
        oin,
        [
          ['a', text('1')],
          ['a', text('2')],
          ['b', Buffer.of(0, 255)],
          ['c', text('')],
        ],
        text('v'),
      )
      await publish(oin, [], null)
      const { found, next } = await everything(topics, oin, 'in')
      expect(plain(found)).toEqual([
        { headers: ['a=1', 'a=2', 'b=\0\xff', 'c='], value: 'v' },
        { headers: [], value: null },
      ])
      expect(next).toBe(2)
      expect((await topics.read(oin as never, 'in', 1)).records.map(({ position }) => position)).toEqual([1])
    })

    it('appends in order and says where', async () => {
      const { topics, partner } = fixture()
      const oin = await partner()
      for (const [at, id] of ['x', 'y', 'z'].entries())
        expect(await topics.append(oin as never, entry(id))).toEqual({ position: at })
      expect(plain((await everything(topics, oin, 'out')).found)[1]).toEqual({
        headers: ['ce_id=y', 'content-type=application/jose'],
        value: 'y',
      })
    })

    it('remembers the last, per partner and topic', async () => {
      const { topics, partner } = fixture()
      const [one, two] = [await partner(), await partner()]
      expect(await topics.remembered(one as never, 'in')).toBeUndefined()
      await topics.remember(one as never, 'in', { position: 5, note: '' })
      await topics.remember(one as never, 'out', { position: 1, note: 'x'.repeat(4_000) })
      await topics.remember(one as never, 'in', { position: 7, note: '{"a":[1]}' })
      expect(await topics.remembered(one as never, 'in')).toEqual({ position: 7, note: '{"a":[1]}' })
      expect((await topics.remembered(one as never, 'out'))?.note.length).toBe(4_000)
      expect(await topics.remembered(two as never, 'in')).toBeUndefined()
    })

    it('waits for news no longer than asked, and not at all when it is there or nobody waits any more', async () => {
      const { topics, partner, publish } = fixture()
      const oin = await partner()
      const never = new AbortController().signal
      const asked = performance.now()
      await topics.changed(oin as never, 0, 50, never)
      expect(performance.now() - asked).toBeLessThan(2_000)
      await topics.changed(oin as never, 0, 60_000, AbortSignal.abort())
      const waiting = topics.changed(oin as never, 0, 60_000, never)
      await publish(oin, [], text('v'))
      await waiting
    })
  })
}

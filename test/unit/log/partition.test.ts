import { describe, expect, it } from 'vitest'
import { murmur2 } from '#core/log/murmur2.ts'
import { partitionOf } from '#core/log/partition.ts'

describe('murmur2', () => {
  it('agrees with the cases of Kafka’s own test (UtilsTest.testMurmur2)', () => {
    const cases = {
      '21': -973_932_308,
      foobar: -790_332_482,
      'a-little-bit-long-string': -985_981_536,
      'a-little-bit-longer-string': -1_486_304_829,
      lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8: -58_897_971,
      abc: 479_470_107,
    }
    for (const [text, hash] of Object.entries(cases)) expect(murmur2(Buffer.from(text))).toBe(hash)
  })
})

describe('partition of a subject', () => {
  it('is that of the hand-off it names, else its hash', () => {
    expect(partitionOf('ho-11-5-0123456789abcdef')).toBe(11)
    expect(partitionOf('abc')).toBe(479_470_107 % 16)
    expect(partitionOf('21')).toBe((-973_932_308 & 0x7fffffff) % 16)
    expect(partitionOf('ho-99-5-0123456789abcdef')).toBeLessThan(16)
  })
})

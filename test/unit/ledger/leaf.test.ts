import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { HandoffId } from '#core/ids.ts'
import { CONTROL_PARTITION, HEAD_LEAF_BYTES, headLeaf, isHeadLeaf } from '#core/ledger/head-leaf.ts'
import { LEAF_BYTES, leafPlace, makeLeaf, openLeaf, openParts } from '#core/ledger/leaf.ts'
import { LEAF_PARTS } from '#core/ledger/leaf-parts.ts'
import { expectedLeaf } from '#services/cli/fsck/check-leaf.ts'

const record: DecisionRecord = {
  trace_id: '0'.repeat(32),
  span_id: '1'.repeat(16),
  event_name: 'schakel.state_change',
  timestamp: 1_795_000_000_000,
  handoff: 'ho-5-7-00000000000000aa' as HandoffId,
  state: 'released',
  cause: 'courier',
  question: null,
  verdict: null,
  versions: null,
  epoch: 3,
  message: null,
  sdHash: null,
  salt: Buffer.alloc(32, 7).toString('base64url'),
}
const subject = { from: 'urn:a', to: 'urn:b', type: 'kmar.alert' }
const place = { partition: 5, seq: 7, n: 1 }
const leaf = makeLeaf({ ...place, ...subject, record })
const parts = openParts(record, subject)

describe('a leaf', () => {
  it.each([
    ['a short one', leaf.subarray(1)],
    ['another version', Uint8Array.from(leaf, (byte, i) => (i === 0 ? 2 : byte))],
    ['empty', new Uint8Array()],
  ])('is none: %s', (_, bytes) => {
    expect(leafPlace(bytes)).toBeUndefined()
    expect(openLeaf(bytes, parts)).toBeUndefined()
  })

  it.each(LEAF_PARTS)('does not open with another %s, or another opening of it', (name) => {
    const part = parts[name]
    expect(openLeaf(leaf, { [name]: { ...part, value: 'x' } })).toBeUndefined()
    const other = LEAF_PARTS[(LEAF_PARTS.indexOf(name) + 1) % LEAF_PARTS.length] ?? name
    expect(openLeaf(leaf, { [name]: { ...part, opening: parts[other].opening } })).toBeUndefined()
    expect(openLeaf(leaf, { [name]: { ...part, opening: `${part.opening}=` } })).toBeUndefined()
    expect(openLeaf(leaf, { [name]: part })).toEqual(place)
  })

  it('shows nothing of what it is about, and never the same twice', () => {
    const text = Buffer.from(leaf).toString('latin1')
    for (const word of ['urn:a', 'kmar', 'released', 'ho-5']) expect(text).not.toContain(word)
    const salted = makeLeaf({
      ...place,
      ...subject,
      record: { ...record, salt: Buffer.alloc(32, 8).toString('base64url') },
    })
    for (let i = 11; i < LEAF_BYTES; i += 32) {
      expect(Buffer.from(salted.subarray(i, i + 32))).not.toEqual(Buffer.from(leaf.subarray(i, i + 32)))
    }
  })

  it('is the same as fsck computes, and as version 1 was first published', () => {
    expect(Buffer.from(leaf)).toEqual(expectedLeaf(5, 7, 1, record, subject))
    expect(createHash('sha256').update(leaf).digest('hex')).toBe(
      '3b1831399e3fa751092975fe797ad4aff49f455523ef5014296a61b46f7cbe06',
    )
  })

  it('does not depend on the order of reasons', () => {
    const verdict = (codes: readonly string[]) => ({
      kind: 'hold' as const,
      reasons: codes.map((code) => ({
        code,
        rule: 'r',
        article: null,
        verified: true,
        needs: null,
        tell: true,
      })),
      basis: [],
      shown: [],
      withheld: [],
      obligations: [],
    })
    const state = (codes: readonly string[]) =>
      openParts({ ...record, verdict: verdict(codes) }, subject).state
    expect(state(['B', 'A', 'B'])).toEqual(state(['A', 'B']))
  })

  it.each([
    ['a place that does not fit', { partition: 65_536, seq: 1, n: 0 }],
    ['a negative seq', { partition: 0, seq: -1, n: 0 }],
  ])('is not made for %s', (_, bad) => {
    expect(() => makeLeaf({ ...bad, ...subject, record })).toThrow('BUG_INVARIANT')
  })

  it('is not made with a short salt', () => {
    expect(() => makeLeaf({ ...place, ...subject, record: { ...record, salt: 'AAAA' } })).toThrow(
      'BUG_INVARIANT',
    )
  })
})

describe('a head leaf', () => {
  const hash = Uint8Array.from({ length: 32 }, (_, i) => i)
  const head = headLeaf(5, { seq: 7, hash })

  it.each([
    ['a short one', head.subarray(1)],
    ['a long one', Uint8Array.from([...head, 0])],
    ['another version', Uint8Array.from(head, (byte, i) => (i === 0 ? 1 : byte))],
    ['another n', Uint8Array.from(head, (byte, i) => (i === 10 ? 0xfe : byte))],
    ['a leaf of a decision', leaf],
  ])('is none: %s', (_, bytes) => {
    expect(isHeadLeaf(bytes)).toBe(false)
  })

  it('is 43 bytes: 2, where it is, 0xFFFF, the hash', () => {
    expect(HEAD_LEAF_BYTES).toBe(43)
    expect(Buffer.from(head).toString('hex')).toBe(
      `020005000000000007ffff${Buffer.from(hash).toString('hex')}`,
    )
    expect(leafPlace(head)).toEqual({ partition: 5, seq: 7, n: 0xffff })
    expect(leafPlace(headLeaf(CONTROL_PARTITION, { seq: 3, hash }))?.partition).toBe(0xffff)
  })

  it('opens as no decision, and takes no hash of another length', () => {
    expect(openLeaf(head, {})).toBeUndefined()
    expect(() => headLeaf(5, { seq: 7, hash: hash.subarray(1) })).toThrow()
  })

  it.each([
    ['n', { ...place, n: 0xffff }],
    ['partition', { ...place, partition: 0xffff }],
  ])('has its %s for itself: no decision may stand there', (_, taken) => {
    expect(() => makeLeaf({ ...taken, ...subject, record })).toThrow()
  })
})

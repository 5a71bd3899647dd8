import avsc from 'avsc'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '#core/failure.ts'
import type { ControlRecord, Cut, Inbound, Outcome } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import { planOf } from '#core/log/avro-plan.ts'
import { avroWriter } from '#core/log/avro-write.ts'
import {
  decodeControlRecord,
  decodeCut,
  decodeInbound,
  decodeOutcome,
  encodeControlRecord,
  encodeCut,
  encodeInbound,
  encodeOutcome,
  RECORD_SCHEMA_NAMES,
  SCHEMA_HEADER,
  tryDecodeOutcome,
} from '#core/log/record-codec.ts'
import { writeWireHeader } from '#core/log/wire.ts'
import type { LogEntry } from '#core/ports/event-log.ts'
import type { RegisteredSchema } from '#core/ports/schema-registry.ts'
import { EARLIER_RECORD_SCHEMAS, RECORD_SCHEMAS } from '#schemas/generated/record-schemas.ts'

const registered = (kind: keyof typeof RECORD_SCHEMAS): RegisteredSchema => ({
  id: 7,
  ...RECORD_SCHEMAS[kind],
})
const OUTCOME = registered('outcome')

/** Errors' codes, so that a test reads as what it expects. */
function codeOf(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    return error instanceof Failure ? error.code : String(error)
  }
  return 'none'
}

const nullable = <T>(of: fc.Arbitrary<T>) => fc.option(of, { nil: null })
const long = fc.integer({ min: 0, max: 2 ** 52 - 1 })
const text = fc.string({ unit: 'grapheme', maxLength: 12 })
const hash = fc.uint8Array({ minLength: 32, maxLength: 32 })
const bytes = fc.uint8Array({ maxLength: 300 })
const sealed = fc.record({ keyId: text, bytes })
const genesis = fc.record({
  logId: text,
  partitions: fc.integer({ min: 0, max: 64 }),
  all: nullable(fc.dictionary(text, text, { noNullPrototype: true })),
})
const effect = fc.oneof(
  fc.record({
    kind: fc.constant('handoff'),
    handoff: text,
    caseRef: text,
    message: text,
    from: text,
    to: text,
    type: text,
    state: fc.constantFrom('held', 'sealed', 'refused'),
    deadline: nullable(long),
    sealed: nullable(bytes),
    sdHash: nullable(text),
    asks: nullable(fc.record({ handoff: text, guard: text })),
    contentKey: nullable(text),
    certificate: text,
  }),
  fc.record({
    kind: fc.constant('state'),
    handoff: text,
    state: fc.constantFrom('held', 'sealed', 'delivered', 'refused', 'expired', 'recalled'),
    cause: fc.constantFrom(
      'approval',
      'sweep',
      'acknowledged',
      'deadline',
      'superseded',
      'suspended',
      'erased',
    ),
    deadline: nullable(long),
    sealed: nullable(bytes),
    sdHash: nullable(text),
  }),
  fc.record({
    kind: fc.constant('approval'),
    handoff: text,
    guard: text,
    granted: fc.boolean(),
    by: text,
    role: text,
    actorDigest: text,
    digest: text,
    until: long,
  }),
  fc.record({ kind: fc.constantFrom('released', 'late-ack'), handoff: text }),
  fc.record({
    kind: fc.constant('erased'),
    handoff: text,
    scope: fc.constantFrom('message', 'case'),
    keys: fc.array(text, { maxLength: 3 }),
  }),
)
const duty = fc.record({
  handoff: text,
  duty: text,
  kind: text,
  owner: text,
  change: fc.constantFrom(
    'started',
    'reminded',
    'met',
    'late',
    'missed',
    'awaiting',
    'restarted',
    'ended',
    'withdrawn',
  ),
  dueAt: nullable(long),
  remindAt: nullable(long),
  awaits: nullable(text),
  by: nullable(text),
})
const outcome = fc.record({
  seq: long,
  prev: hash,
  at: long,
  epoch: long,
  genesis: nullable(genesis),
  in: nullable(fc.record({ n: long, position: long, digest: hash })),
  answer: fc.record({
    kind: fc.constantFrom('decided', 'repeat', 'refused', 'parked', 'tick', 'commanded'),
    code: nullable(text),
    pointer: nullable(text),
    repeatOf: nullable(long),
  }),
  submitter: nullable(text),
  outerId: nullable(text),
  seen: nullable(fc.record({ iss: text, jti: text, digest: text, until: long })),
  effects: fc.array(effect, { maxLength: 4 }),
  duties: fc.array(duty, { maxLength: 3 }),
  archive: nullable(sealed),
  decisions: nullable(sealed),
  leaves: fc.array(bytes, { maxLength: 4 }),
  sweep: nullable(fc.record({ upto: long, done: fc.boolean() })),
}) as unknown as fc.Arbitrary<Outcome>

const sample: Outcome = {
  seq: 2,
  prev: new Uint8Array(32),
  at: 1_800_000_000_000,
  epoch: 1,
  genesis: null,
  in: null,
  answer: { kind: 'tick', code: null, pointer: null, repeatOf: null },
  submitter: null,
  outerId: null,
  seen: null,
  effects: [],
  duties: [],
  archive: null,
  decisions: null,
  leaves: [new Uint8Array([1, 2, 3])],
  sweep: null,
}
const entryOf = (record: unknown): LogEntry => encodeOutcome(record as Outcome, OUTCOME)
const withValue = (value: Uint8Array): LogEntry => ({ ...entryOf(sample), value })

describe('what is not a record', () => {
  const good = entryOf(sample).value
  const cases: readonly [string, Uint8Array][] = [
    ['nothing', new Uint8Array()],
    ['a header alone', good.subarray(0, 5)],
    ['another magic byte', Buffer.concat([Buffer.from([1]), good.subarray(1)])],
    ['id 0', Buffer.concat([Buffer.alloc(5), good.subarray(5)])],
    ['a trailing byte', Buffer.concat([good, Buffer.from([0])])],
    ['cut short', good.subarray(0, -1)],
    [
      'a long varint: seq 2 in two bytes',
      Buffer.concat([good.subarray(0, 5), Buffer.from([0x84, 0]), good.subarray(6)]),
    ],
    ['larger than the limit', Buffer.alloc(LIMITS.outcomeBytesMax + 1)],
  ]
  it.each(cases)('%s is void', (_name, value) => {
    expect(codeOf(() => decodeOutcome(withValue(value)))).toBe('OPS_LOG')
    expect(tryDecodeOutcome(withValue(value))).toBeUndefined()
  })

  it('a count that no bytes follow is refused at once, not counted to', () => {
    const many = Buffer.concat([
      Buffer.from([0, 0, 0, 0, 7]),
      Buffer.from('0000000000000000000000000000000000000000', 'hex'),
    ])
    const cut = { ...encodeCut(cutSample, registered('cut')), value: many }
    expect(codeOf(() => decodeCut(cut))).toBe('OPS_LOG')
    const inbound = encodeInbound(inboundSample, registered('inbound'))
    const head = Buffer.from(inbound.value.subarray(0, 6))
    const huge = Buffer.concat([head, Buffer.from([0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x02])])
    expect(codeOf(() => decodeInbound({ ...inbound, value: huge }))).toBe('OPS_LOG')
  })
})

describe('what avsc would take', () => {
  it('a second spelling of the same value is refused', () => {
    const inbound = (hex: string) => ({
      ...encodeInbound(inboundSample, registered('inbound')),
      value: Buffer.from(`0000000007${hex}`, 'hex'),
    })
    // kind message; attributes as given; no submitter, no redriveOf; empty body
    const withMap = (map: string) => inbound(`00${map}000000`)
    expect(decodeInbound(withMap('0402610002620000')).attributes).toEqual({ a: '', b: '' })
    const spellings = {
      'keys out of order': '0402620002610000',
      'a key twice': '0402610002610000',
      'two blocks': '0202610002026200' + '00',
      'a block with its size': '030802610002620000',
      'an empty block that says minus one': '01',
    }
    for (const [name, map] of Object.entries(spellings)) {
      expect([name, codeOf(() => decodeInbound(withMap(map)))]).toEqual([name, 'OPS_LOG'])
    }
    expect(codeOf(() => decodeInbound(inbound('0200000000')))).toBe('none')
    expect(codeOf(() => decodeInbound(inbound('0400000000')))).toBe('OPS_LOG')
    // redriveOf: -(2^53) and more have no safe integer
    expect(codeOf(() => decodeInbound(inbound('00000002ffffffffffffff0f00')))).toBe('none')
    expect(codeOf(() => decodeInbound(inbound('00000002ffffffffffffff1f00')))).toBe('OPS_LOG')
    expect(codeOf(() => decodeInbound(inbound('00000002ffffffffffffffffff0100')))).toBe('OPS_LOG')
  })

  it('a boolean is 0 or 1 and an int has 32 bits', () => {
    const sweep = Buffer.from(entryOf({ ...sample, sweep: { upto: 1, done: true } }).value)
    sweep[sweep.length - 1] = 2
    expect(codeOf(() => decodeOutcome(withValue(sweep)))).toBe('OPS_LOG')
    const type = avsc.Type.forSchema(
      JSON.parse(OUTCOME.text.replace('"partitions","type":"int"', '"partitions","type":"long"')),
    )
    const genesis = { logId: '', all: null }
    const write = (partitions: number) => {
      const record = { ...sample, prev: Buffer.alloc(32), leaves: [], genesis: { ...genesis, partitions } }
      return Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), type.toBuffer(record)])
    }
    expect(codeOf(() => decodeOutcome(withValue(write(2 ** 31 - 1))))).toBe('none')
    expect(codeOf(() => decodeOutcome(withValue(write(2 ** 31))))).toBe('OPS_LOG')
  })

  it('a whole record beyond the limit is void', () => {
    const write = (size: number) => {
      const record = { ...sample, prev: Buffer.alloc(32), leaves: [Buffer.alloc(size)] }
      return Buffer.concat([
        Buffer.from([0, 0, 0, 0, 7]),
        avsc.Type.forSchema(JSON.parse(OUTCOME.text)).toBuffer(record),
      ])
    }
    expect(codeOf(() => decodeOutcome(withValue(write(LIMITS.outcomeBytesMax - 100))))).toBe('none')
    expect(codeOf(() => decodeOutcome(withValue(write(LIMITS.outcomeBytesMax))))).toBe('OPS_LOG')
  })
})

describe('what lies in the log', () => {
  it('bytes that are not UTF-8 are refused, a true replacement character is not', () => {
    const entry = entryOf({ ...sample, submitter: 'é\ufffd' })
    expect(decodeOutcome(entry).submitter).toBe('é\ufffd')
    const broken = Buffer.from(entry.value)
    broken[broken.indexOf(0xc3)] = 0xff
    expect(codeOf(() => decodeOutcome({ ...entry, value: broken }))).toBe('OPS_LOG')
  })

  it('no header is void; the header of an unknown schema stops the reader', () => {
    const { value } = entryOf(sample)
    expect(tryDecodeOutcome({ headers: {}, value })).toBeUndefined()
    expect(tryDecodeOutcome({ headers: { [SCHEMA_HEADER]: 'short' }, value })).toBeUndefined()
    const other = { headers: { [SCHEMA_HEADER]: 'A'.repeat(43) }, value }
    expect(codeOf(() => tryDecodeOutcome(other))).toBe('OPS_REGISTRY')
  })

  it('every single flipped bit is void or another record, never an untyped error', () => {
    const value = entryOf({
      ...sample,
      effects: [{ kind: 'released', handoff: 'ho-1-1-0000000000000000' }],
    }).value
    for (let bit = 40; bit < value.byteLength * 8; bit++) {
      const flipped = Uint8Array.from(value)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      const read = tryDecodeOutcome(withValue(flipped))
      if (read) expect(Buffer.from(entryOf(read).value).equals(flipped)).toBe(true)
    }
  })

  it('random bytes are void or canonical', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
        const value = Buffer.concat([Buffer.from([0, 0, 0, 0, 7]), tail])
        const read = tryDecodeOutcome(withValue(value))
        if (read) expect(Buffer.from(entryOf(read).value).equals(value)).toBe(true)
      }),
    )
  })
})

describe('what must not be written', () => {
  const cases: readonly [string, unknown][] = [
    ['a missing member', { ...sample, sweep: undefined }],
    ['a member the schema does not have', { ...sample, extra: 1 }],
    ['a hash of 31 bytes', { ...sample, prev: new Uint8Array(31) }],
    ['a fraction', { ...sample, at: 1.5 }],
    ['a number beyond 2^52', { ...sample, at: 2 ** 53 }],
    ['half a surrogate pair', { ...sample, submitter: '\ud800' }],
    ['an unknown symbol', { ...sample, answer: { ...sample.answer, kind: 'maybe' } }],
    ['an unknown effect', { ...sample, effects: [{ kind: 'none', handoff: 'x' }] }],
    ['text for bytes', { ...sample, leaves: ['AQ'] }],
    ['more than the limit', { ...sample, leaves: [new Uint8Array(LIMITS.outcomeBytesMax)] }],
  ]
  it.each(cases)('%s', (_name, record) => {
    expect(codeOf(() => entryOf(record))).toBe('BUG_INVARIANT')
  })

  it('under a schema that is not this build’s', () => {
    expect(codeOf(() => encodeOutcome(sample, { ...OUTCOME, sha256: 'A'.repeat(43) }))).toBe('OPS_REGISTRY')
    expect(codeOf(() => encodeOutcome(sample, { ...OUTCOME, id: 0 }))).toBe('OPS_REGISTRY')
  })
})

const inboundSample: Inbound = {
  kind: 'message',
  attributes: { subject: 's', id: 'i', 10: 'ten', 2: 'two' },
  submitter: '00000099000000001000',
  redriveOf: null,
  body: Buffer.from('a.b.c.d.e'),
}
const controlSample: ControlRecord = {
  seq: 2,
  prev: new Uint8Array(32),
  at: 5,
  epoch: 0,
  genesis: { logId: 'ab', partitions: 16, all: { 'outcomes/0': 'x', 'control/0': 'y' } },
  entries: [
    { path: 'profile.json', sha256: 'A' },
    { path: 'pki/crl.pem', sha256: null },
  ],
  note: 'eerste',
}
const cutSample: Cut = {
  seq: 3,
  prev: new Uint8Array(32).fill(7),
  at: 9,
  genesis: null,
  upto: Array<number>(16).fill(300),
  size: 4_800,
  root: new Uint8Array(32).fill(9),
}

describe('records', () => {
  it('come back as they were written, whatever id the registry gave', () => {
    expect(decodeInbound(encodeInbound(inboundSample, registered('inbound')))).toEqual({
      ...inboundSample,
      body: new Uint8Array(inboundSample.body),
    })
    expect(decodeControlRecord(encodeControlRecord(controlSample, registered('control')))).toEqual(
      controlSample,
    )
    expect(decodeCut(encodeCut(cutSample, { ...registered('cut'), id: 90_000 }))).toEqual(cutSample)
    expect(RECORD_SCHEMA_NAMES.outcome).toBe(RECORD_SCHEMAS.outcome.name)
  })

  it('generated outcomes come back equal, and avsc reads the same and writes the same bytes', () => {
    const type = avsc.Type.forSchema(JSON.parse(OUTCOME.text) as avsc.Schema, { wrapUnions: 'auto' })
    fc.assert(
      fc.property(outcome, (record) => {
        const entry = entryOf(record)
        const read = decodeOutcome(entry)
        expect(read).toEqual(record)
        const body = Buffer.from(entry.value.subarray(5))
        const theirs = type.fromBuffer(body) as { effects: unknown[]; seq: number; answer: unknown }
        expect(theirs.seq).toBe(record.seq)
        expect(theirs.effects).toHaveLength(record.effects.length)
        if (!record.genesis?.all) expect(type.toBuffer(theirs).equals(body)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

describe('records in an earlier version of their schema', () => {
  const [first] = EARLIER_RECORD_SCHEMAS
  const old = avroWriter(planOf(first.text), 5)
  const oldEntry = ({ duties: _, ...record }: Outcome): LogEntry => {
    const value = old(record)
    writeWireHeader(value, 4)
    return { headers: { [SCHEMA_HEADER]: first.sha256 }, value }
  }

  it('another one than this build knows stops the reader', () => {
    const unknown = { [SCHEMA_HEADER]: 'A'.repeat(43) }
    expect(codeOf(() => tryDecodeOutcome({ ...entryOf(sample), headers: unknown }))).toBe('OPS_REGISTRY')
  })

  it('under the digest of the other version a record is void', () => {
    const { value } = oldEntry({ ...sample, sweep: { upto: 3, done: true } })
    expect(tryDecodeOutcome({ ...entryOf(sample), value })).toBeUndefined()
  })

  it('outcomes of before duties are read, and say that nothing became of any', () => {
    expect(first.name).toBe('nl.schakel.record.outcome.v1')
    fc.assert(
      fc.property(outcome, (record) => {
        expect(decodeOutcome(oldEntry(record))).toEqual({ ...record, duties: [] })
      }),
      { numRuns: 100 },
    )
  })
})

import { beforeAll, describe, expect, it } from 'vitest'
import type { ControlRecord } from '#core/handoff/outcome.ts'
import { LIMITS } from '#core/limits.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { controlChain, readChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { openLog } from '#core/log/open-log.ts'
import type { EventLog, LogEntry } from '#core/ports/event-log.ts'
import { realCodecs } from '../support/record-codecs.ts'

/** One log as one or more processes see it. */
export interface LogUnderTest {
  readonly log: EventLog
  /** The same log opened once more, as by another process. */
  again(): EventLog
  /**
   * Lets the next append answer `unknown`: it has landed (`applied`), lands when `land` is called (`late`), or never.
   */
  loseNext(fate: 'applied' | 'late' | 'never'): { land(): Promise<void> }
  /** Puts a record at the end of a chained topic without asking. */
  inject(topic: 'outcomes' | 'control', partition: number, entry: LogEntry): Promise<void>
}

const entry = (text: string): LogEntry => ({ headers: { 'ce-id': text, x: 'ü' }, value: Buffer.from(text) })
const texts = (records: readonly LogEntry[]) =>
  records.map((record) => Buffer.from(record.value).toString('utf8'))
const never = new AbortController().signal
const clock = { now: () => Date.now(), sleep: async () => undefined }
const random = {
  bytes: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  ephemeral: () => {
    throw new Error('not here')
  },
}

/** Contract of the port `EventLog`; run on every adapter. */
export function eventLogSuite(name: string, open: () => Promise<LogUnderTest>): void {
  describe(`EventLog: ${name}`, () => {
    plainSuite(open)
    appendSuite(open)
    waitSuite(open)
    chainSuite(open)
  })
}

function plainSuite(open: () => Promise<LogUnderTest>): void {
  it('is empty at first', async () => {
    const { log } = await open()
    expect(await log.read('inbound', 0, 0)).toEqual([])
    expect(await log.end('outcomes', 15)).toBe(0)
  })

  it('keeps headers and bytes as they were, and rising positions', async () => {
    const { log, again } = await open()
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index)
    const first = await log.put(5, { headers: { a: 'b', 'ü"\n': '\u0000' }, value: bytes })
    const second = await log.put(5, entry('two'))
    const [one, two] = await again().read('inbound', 5, 0)
    expect(one?.headers).toEqual({ a: 'b', 'ü"\n': '\u0000' })
    expect(Buffer.from(one?.value ?? [])).toEqual(Buffer.from(bytes))
    expect([one?.position, two?.position]).toEqual([first.position, second.position])
    expect(second.position).toBeGreaterThan(first.position)
    expect(two?.at).toBe(second.at)
    expect(second.at).toBeGreaterThanOrEqual(first.at)
  })

  it('keeps topics and partitions apart', async () => {
    const { log } = await open()
    await log.put(1, entry('in'))
    await log.append('outcomes', 1, 0, [entry('out')])
    await log.append('control', 0, 0, [entry('control')])
    expect(texts(await log.read('inbound', 1, 0))).toEqual(['in'])
    expect(texts(await log.read('outcomes', 1, 0))).toEqual(['out'])
    expect(texts(await log.read('control', 0, 0))).toEqual(['control'])
    expect(await log.read('inbound', 2, 0)).toEqual([])
    expect(await log.read('ledger', 0, 0)).toEqual([])
  })

  it('takes many puts at once, each exactly once', async () => {
    const { log, again } = await open()
    const other = again()
    await Promise.all(Array.from({ length: 200 }, (_, n) => (n % 2 ? log : other).put(7, entry(`m${n}`))))
    const all = texts(await log.read('inbound', 7, 0))
    expect(new Set(all).size).toBe(200)
    expect(all).toHaveLength(200)
  })

  it('reads in pages by count, by bytes and as asked', async () => {
    const { log } = await open()
    await Promise.all(Array.from({ length: LIMITS.readRecordsMax + 5 }, (_, n) => log.put(2, entry(`${n}`))))
    const page = await log.read('inbound', 2, 0)
    expect(page).toHaveLength(LIMITS.readRecordsMax)
    expect(await log.read('inbound', 2, (page.at(-1)?.position ?? 0) + 1)).toHaveLength(5)
    expect(await log.read('inbound', 2, 3, 2)).toHaveLength(2)
    const large = { headers: {}, value: new Uint8Array(3 * 1024 * 1024) }
    for (let n = 0; n < 3; n += 1) await log.put(3, large)
    expect(await log.read('inbound', 3, 0)).toHaveLength(2)
  })
}

function appendSuite(open: () => Promise<LogUnderTest>): void {
  it('appends a block after the head, whole', async () => {
    const { log, again } = await open()
    expect(await log.append('outcomes', 4, 0, [entry('a'), entry('b')])).toMatchObject({
      kind: 'appended',
      first: 0,
    })
    const end = await log.end('outcomes', 4)
    expect(await again().append('outcomes', 4, end, [entry('c')])).toMatchObject({
      kind: 'appended',
      first: end,
    })
    expect(texts(await log.read('outcomes', 4, 0))).toEqual(['a', 'b', 'c'])
  })

  it('answers conflict, never appended, when something came between', async () => {
    const { log, again } = await open()
    await log.append('outcomes', 4, 0, [entry('a')])
    expect((await again().append('outcomes', 4, 0, [entry('b')])).kind).toBe('conflict')
    expect((await log.append('outcomes', 4, 9, [entry('c')])).kind).toBe('conflict')
    expect(texts(await log.read('outcomes', 4, 0))[0]).toBe('a')
  })

  it('lets one of many writers at the same head win', async () => {
    const { log, again } = await open()
    const other = again()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 ? log : other).append('outcomes', 6, 0, [entry(`${n}`)])),
    )
    expect(answers.filter((answer) => answer.kind === 'appended')).toHaveLength(1)
  })

  it('says unknown when the answer is lost, whether or not it landed', async () => {
    for (const fate of ['applied', 'late', 'never'] as const) {
      const { log, loseNext } = await open()
      const { land } = loseNext(fate)
      expect((await log.append('outcomes', 1, 0, [entry('x')])).kind).toBe('unknown')
      expect(await log.read('outcomes', 1, 0)).toHaveLength(fate === 'applied' ? 1 : 0)
      await land()
      expect(await log.read('outcomes', 1, 0)).toHaveLength(fate === 'never' ? 0 : 1)
    }
  })
}

function waitSuite(open: () => Promise<LogUnderTest>): void {
  it('wakes who waits: on a record from here, from another opener, after the time-out, on abort', async () => {
    const { log, again } = await open()
    const other = again()
    const here = log.changed(['inbound'], 60_000, never)
    await log.put(0, entry('a'))
    await here
    const there = log.changed(['inbound', 'outcomes'], 60_000, never)
    await other.append('outcomes', 0, 0, [entry('b')])
    await there
    await log.changed(['ledger'], 1, never)
    const one = log.changed(['inbound'], 60_000, never, 9)
    await log.put(9, entry('c'))
    await one
    const elsewhere = log.changed(['control', 'inbound'], 60_000, never, 9)
    await log.append('control', 0, 0, [entry('d')])
    await elsewhere
    const stop = new AbortController()
    const aborted = log.changed(['ledger'], 60_000, stop.signal)
    stop.abort()
    await aborted
    await log.changed(['ledger'], 60_000, stop.signal)
  })
}

function chainSuite(open: () => Promise<LogUnderTest>): void {
  let codecs: RecordCodecs
  beforeAll(async () => {
    codecs = await realCodecs()
  })
  const next = (note: string) => (head: { seq: number; hash: Uint8Array; epoch: number; at: number }) =>
    ({
      seq: head.seq + 1,
      prev: head.hash,
      at: Math.max(head.at, Date.now()),
      epoch: head.epoch + 1,
      genesis: null,
      entries: [],
      note,
    }) satisfies ControlRecord
  const notes = async (log: EventLog) => {
    const page = await readChain(log, controlChain(codecs), 0, undefined)
    return { notes: page.steps.slice(2).map((step) => step.record.note), voids: page.voids }
  }
  const founded = async () => {
    const under = await open()
    await initialiseLog(under.log, codecs, random, clock)
    await openLog(under.again(), codecs)
    return under
  }

  it('skips and counts void records', async () => {
    const { log, inject } = await founded()
    await inject('control', 0, entry('garbage'))
    await appendChained(log, controlChain(codecs), 0, undefined, next('one'))
    const [genesis] = await log.read('control', 0, 0, 1)
    if (genesis) await inject('control', 0, genesis)
    await appendChained(log, controlChain(codecs), 0, undefined, next('two'))
    expect(await notes(log)).toEqual({ notes: ['one', 'two'], voids: 2 })
  })

  it('finds its own record after a lost answer, and never writes it twice', async () => {
    const { log, loseNext } = await founded()
    loseNext('applied')
    const written = await appendChained(log, controlChain(codecs), 0, undefined, next('one'))
    expect(written?.record.note).toBe('one')
    expect((await notes(log)).notes).toEqual(['one'])
  })

  it('makes a late copy void', async () => {
    const { log, loseNext } = await founded()
    const { land } = loseNext('late')
    let built = 0
    const build = (head: Parameters<ReturnType<typeof next>>[0]) => {
      built += 1
      return next(`try ${built}`)(head)
    }
    await appendChained(log, controlChain(codecs), 0, undefined, build)
    await land()
    await appendChained(log, controlChain(codecs), 0, undefined, next('after'))
    expect((await notes(log)).notes).toEqual(['try 2', 'after'])
  })
}

import { beforeAll, describe, expect, it } from 'vitest'
import { followControl } from '#adapters/control/follow.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import type { ControlRecord } from '#core/handoff/outcome.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { controlChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import { realCodecs } from '../../support/record-codecs.ts'
import { SimLog } from '../../support/sim-log.ts'

let codecs: RecordCodecs
beforeAll(async () => {
  codecs = await realCodecs()
})

const SHA = 'A'.repeat(43)

async function followed(missing: ReadonlySet<string> = new Set()) {
  const time = { now: 1_800_000_000_000 }
  const clock = { now: () => time.now, sleep: async () => undefined }
  const log = new SimLog(() => time.now)
  const random = { bytes: (count: number) => new Uint8Array(count), ephemeral: () => ({}) as never }
  await initialiseLog(log, codecs, random, clock)
  const artefacts = {
    put: async () => SHA,
    get: async (sha256: string) => (missing.has(sha256) ? undefined : Buffer.from(sha256)),
  }
  const load = (number: number, files: ReadonlyMap<string, Uint8Array>) =>
    ({ number, files }) as unknown as Epoch
  const apply = (entries: ControlRecord['entries']) =>
    appendChained(log, controlChain(codecs), 0, undefined, (head) => ({
      seq: head.seq + 1,
      prev: head.hash,
      at: head.at,
      epoch: head.epoch + 1,
      genesis: null,
      entries,
      note: '',
    }))
  return { time, log, apply, control: followControl({ log, codecs, artefacts, clock, load }) }
}

const pathsOf = (epoch: Epoch) => [
  ...(epoch as unknown as { files: ReadonlyMap<string, unknown> }).files.keys(),
]

describe('control as an instance follows it', () => {
  it('is not there before it was read, and unknown epochs never are', async () => {
    const { control } = await followed()
    expect(() => control.current()).toThrow('OPS_CONTROL')
    await control.read()
    await expect(control.resolve(1)).rejects.toMatchObject({ code: 'OPS_CONTROL' })
  })

  it('stops at a missing artefact, and resolves once it is there', async () => {
    const missing = new Set([SHA])
    const { control, apply } = await followed(missing)
    await apply([{ path: 'a', sha256: SHA }])
    await expect(control.refresh()).rejects.toMatchObject({ code: 'OPS_CONTROL' })
    missing.clear()
    expect((await control.refresh()).epoch.number).toBe(1)
  })

  it('keeps each epoch as it was: put, replaced, removed', async () => {
    const { control, apply } = await followed()
    await apply([
      { path: 'a', sha256: SHA },
      { path: 'b', sha256: SHA },
    ])
    await apply([{ path: 'b', sha256: null }])
    const { epoch } = await control.refresh()
    expect([epoch.number, pathsOf(epoch)]).toEqual([2, ['a']])
    expect(pathsOf(await control.resolve(1))).toEqual(['a', 'b'])
    expect([await control.artefact('b'), (await control.artefact('a'))?.length]).toEqual([undefined, 43])
  })

  it('knows how old its last successful reading is', async () => {
    const { control, apply, log, time } = await followed()
    await apply([])
    const { readAt } = await control.refresh()
    const read = log.read.bind(log)
    log.read = () => Promise.reject(new Error('away'))
    time.now += 5_000
    await expect(control.refresh()).rejects.toThrow('away')
    expect([control.current().readAt, control.readAt()]).toEqual([readAt, readAt])
    log.read = read
    expect((await control.refresh()).readAt).toBe(readAt + 5_000)
  })
})

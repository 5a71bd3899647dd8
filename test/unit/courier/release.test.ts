import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { Failure } from '#core/failure.ts'
import type { Inbound } from '#core/handoff/outcome.ts'
import type { HandoffId } from '#core/ids.ts'
import type { CourierPorts } from '#services/courier/ports.ts'
import { type Asked, releaseTurn } from '#services/courier/release.ts'
import { handoffRow } from '../../support/handoff-row.ts'
import { MemoryView } from '../../support/memory-view.ts'
import { OINS, testEpochOf, urn } from '../../support/test-epoch.ts'

const key = generateKeyPairSync('ed25519')
const zaken = urn(OINS.tbkk, 'zaken')

function courier(change: Partial<CourierPorts> = {}) {
  const state = { now: 1_000_000, put: [] as { partition: number; inbound: Inbound }[], refreshed: 0 }
  const view = new MemoryView()
  const reading = () => ({ epoch: testEpochOf(5, ['revoked']), readAt: state.now })
  const ports: CourierPorts = {
    log: {
      put: async (partition, entry) => {
        state.put.push({ partition, inbound: entry as unknown as Inbound })
        return { position: 1, at: state.now }
      },
    },
    encodeInbound: (inbound) => inbound as never,
    view,
    control: {
      current: reading,
      refresh: async () => {
        state.refreshed += 1
        return reading()
      },
      artefact: async () => undefined,
    },
    signer: { name: 'courier', key: key.privateKey },
    openTransit: async () => 'jwe',
    post: async () => ({ status: 200, retryAfter: undefined }),
    clock: { now: () => state.now, sleep: async () => {} },
    random: {
      bytes: (count) => new Uint8Array(count).fill(7),
      ephemeral: () => {
        throw new Error('not used')
      },
    },
    report: () => {},
    ...change,
  }
  return { state, view, ports, asked: new Map<HandoffId, Asked>() }
}

describe('what is not released', () => {
  it.each([
    ['of an epoch the courier has not read', { epoch: 6 }],
    ['to a suspended partner', { to: urn(OINS.suspended, 'x') }],
    ['to a partner that is no more', { to: urn(OINS.stranger, 'x') }],
    ['of a suspended sender', { from: urn(OINS.suspended, 'x') }],
    ['under a revoked certificate', { certificate: 'revoked' }],
    ['held', { state: 'held' as const }],
    ['released already', { released: true }],
  ])('a hand-off %s', async (_name, change) => {
    const { view, ports, asked, state } = courier()
    view.put(handoffRow({ handoff: 'ho-2-7-00000000000000aa', to: zaken, ...change }))
    expect(await releaseTurn(ports, asked)).toBe(0)
    expect(state.put).toEqual([])
  })

  it('anything, when control cannot be read or is too old', async () => {
    const down = courier()
    const failing: CourierPorts = {
      ...down.ports,
      control: {
        ...down.ports.control,
        refresh: async () => {
          throw new Failure('OPS_CONTROL')
        },
      },
    }
    down.view.put(handoffRow({ handoff: 'ho-2-7-00000000000000aa', to: zaken }))
    await expect(releaseTurn(failing, down.asked)).rejects.toMatchObject({ code: 'OPS_CONTROL' })
    const old: CourierPorts = {
      ...down.ports,
      control: {
        ...down.ports.control,
        refresh: async () => ({ epoch: testEpochOf(5), readAt: down.state.now - 10_001 }),
      },
    }
    expect(await releaseTurn(old, down.asked)).toBe(0)
    expect(down.state.put).toEqual([])
  })
})

describe('release', () => {
  it('is a signed command in the partition of the hand-off, after control was read for that one', async () => {
    const { view, ports, asked, state } = courier()
    view.put(handoffRow({ handoff: 'ho-2-7-00000000000000aa', to: zaken }))
    view.put(handoffRow({ handoff: 'ho-9-8-00000000000000bb', to: zaken }))
    expect(await releaseTurn(ports, asked)).toBe(2)
    expect(state.refreshed).toBe(2)
    expect(state.put.map(({ partition }) => partition)).toEqual([2, 9])
    const inbound = state.put[0]?.inbound
    expect(inbound).toMatchObject({ kind: 'command', submitter: null, redriveOf: null })
    const [header, payload, signature] = Buffer.from(inbound?.body ?? [])
      .toString('ascii')
      .split('.')
    const json = (text: string | undefined) => JSON.parse(Buffer.from(text ?? '', 'base64url').toString())
    expect(json(header)).toEqual({ alg: 'Ed25519', typ: 'schakel-command+jwt', kid: 'courier' })
    expect(json(payload)).toMatchObject({
      iss: 'courier',
      iat: 1000,
      cmd: 'released',
      handoff: 'ho-2-7-00000000000000aa',
    })
    const signed = verify(
      null,
      Buffer.from(`${header}.${payload}`),
      createPublicKey(key.privateKey),
      Buffer.from(signature ?? '', 'base64url'),
    )
    expect(signed).toBe(true)
  })

  it('is asked for once while the answer is under way, and again when none came', async () => {
    const { view, ports, asked, state } = courier()
    const row = handoffRow({ handoff: 'ho-2-7-00000000000000aa', to: zaken })
    view.put(row)
    await releaseTurn(ports, asked)
    await releaseTurn(ports, asked)
    expect(state.put.length).toBe(1)
    state.now += 5_000
    await releaseTurn(ports, asked)
    expect(state.put.length).toBe(2)
    // A slow exchange is not asked faster than it answers.
    state.now += 5_000
    await releaseTurn(ports, asked)
    expect(state.put.length).toBe(2)
    state.now += 5_000
    await releaseTurn(ports, asked)
    expect(state.put.length).toBe(3)
    view.put({ ...row, released: true, releasedSeq: 9 })
    await releaseTurn(ports, asked)
    expect([state.put.length, asked.size]).toEqual([3, 0])
  })
})

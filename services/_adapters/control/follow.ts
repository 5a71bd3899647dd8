import type { Epoch } from '#core/decision/epoch.ts'
import { Failure, fail } from '#core/failure.ts'
import type { ControlRecord } from '#core/handoff/outcome.ts'
import { readToEnd } from '#core/log/append-chained.ts'
import { controlChain } from '#core/log/chain.ts'
import type { RecordCodecs } from '#core/log/codec.ts'
import { type Artefacts, applyControl, type ControlState, EMPTY_CONTROL } from '#core/log/control-state.ts'
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Control, ControlReading } from '#core/ports/control.ts'
import type { EventLog } from '#core/ports/event-log.ts'
import type { FoldHead } from '#core/ports/fold.ts'

const CACHED = 4

export interface ControlPorts {
  readonly log: EventLog
  readonly codecs: RecordCodecs
  readonly artefacts: ArtefactStore
  readonly clock: Clock
  readonly load: (epoch: number, artefacts: ReadonlyMap<string, Uint8Array>) => Epoch | Promise<Epoch>
}

export interface ControlFollower extends Control {
  /** The epoch of that number, resolved whole; `OPS_CONTROL` when an artefact of it is missing. */
  resolve(epoch: number): Promise<Epoch>
  /** As of the last reading; `readAt` of `current()` without resolving anything. */
  state(): ControlState
  readAt(): number
  /** Reads control to its end without resolving its newest epoch. */
  read(): Promise<ControlState>
}

/** Control as this instance reads it. Records are kept, states of old epochs are folded again when asked for. */
export function followControl(ports: ControlPorts): ControlFollower {
  const records: ControlRecord[] = []
  const epochs = new Map<number, Promise<Epoch>>()
  let head: FoldHead | undefined
  let state = EMPTY_CONTROL
  let readAt = Number.NEGATIVE_INFINITY
  let reading: Promise<ControlState> | undefined
  let current: ControlReading | undefined

  const readOnce = async (): Promise<ControlState> => {
    const started = ports.clock.now()
    head = await readToEnd(ports.log, controlChain(ports.codecs), 0, head, (record, after) => {
      // Record by record, so that a page that fails later is not folded twice.
      head = after
      records.push(record)
      state = applyControl(state, record)
    })
    readAt = started
    return state
  }
  const read = () => {
    reading ??= readOnce().finally(() => {
      reading = undefined
    })
    return reading
  }
  const resolve = (number: number): Promise<Epoch> => {
    const known = epochs.get(number)
    if (known) return known
    const epoch = loadEpoch(ports, number, records)
    epochs.set(number, epoch)
    epoch.catch(() => epochs.delete(number))
    const oldest = epochs.keys().next().value
    if (epochs.size > CACHED && oldest !== undefined) epochs.delete(oldest)
    return epoch
  }
  return {
    read,
    resolve,
    state: () => state,
    readAt: () => readAt,
    current: () =>
      current ? { ...current, readAt } : fail('OPS_CONTROL', undefined, 'control was never read'),
    async refresh() {
      const { latest } = await read()
      current = { epoch: await resolve(latest), readAt }
      return current
    },
    async artefact(path) {
      const sha256 = state.artefacts.get(path)
      return sha256 === undefined ? undefined : await ports.artefacts.get(sha256)
    },
  }
}

function artefactsAt(records: readonly ControlRecord[], epoch: number): Artefacts {
  let state = EMPTY_CONTROL
  for (const record of records) if (record.epoch <= epoch) state = applyControl(state, record)
  return state.latest === epoch
    ? state.artefacts
    : fail('OPS_CONTROL', undefined, `no epoch ${epoch} in control`)
}

async function loadEpoch(
  ports: ControlPorts,
  number: number,
  records: readonly ControlRecord[],
): Promise<Epoch> {
  const bytes = new Map<string, Uint8Array>()
  for (const [path, sha256] of artefactsAt(records, number)) {
    const found = await ports.artefacts.get(sha256)
    bytes.set(path, found ?? fail('OPS_CONTROL', undefined, `artefact ${path} is missing`))
  }
  try {
    return await ports.load(number, bytes)
  } catch (error) {
    if (error instanceof Failure) throw error
    const failure = new Failure('OPS_CONTROL', undefined, `epoch ${number} cannot be resolved`)
    failure.cause = error
    throw failure
  }
}

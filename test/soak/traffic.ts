/**
 * All partners of a soak in one process: `traffic.ts <json>`. Sends items at the asked rate, reads every endpoint twice, acknowledges,
 * approves, and has something erased now and then. Tells its counts each second; `stop`: no new items; `end`: readers too.
 */
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { asFailure } from '#core/failure.ts'
import { signCommand } from '#core/handoff/sign-command.ts'
import { type HandoffId, handoffPlace, type MessageId } from '#core/ids.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import { serviceSigner } from '#services/cli/service-signer.ts'
import { Composer } from './compose.ts'
import { type History, openHistory } from './history.ts'
import { type ReaderParts, readStream } from './read-stream.ts'
import { sendItem } from './send-item.ts'
import { type Counts, makeSubmitter } from './submit.ts'

export interface TrafficOptions {
  readonly data: string
  readonly history: string
  readonly gateways: readonly string[]
  readonly seed: number
  readonly messages: number
  readonly rate: number
  readonly openEvery: number
}

export type FromTraffic =
  | { readonly kind: 'ready' }
  | { readonly kind: 'counts'; readonly counts: Counts }
  /** Every item is sent. */
  | { readonly kind: 'sent'; readonly counts: Counts }
  | { readonly kind: 'failed'; readonly error: string }

const ENDPOINTS = ['tbkk/zaken', 'ecpat/meldpunt', 'kmar/politie', 'tdh/veldwerk'] as const
const APPROVERS = ['om-lp/parket', 'tbkk/mandaat'] as const
const LANES = 96
const TELL_MS = 1_000
const ERASE_MS = 5_000
/** Everything may be down for so long and an item is still sent. */
const GRACE_MS = 90_000

const options = JSON.parse(process.argv[2] ?? '{}') as TrafficOptions
const counts: Counts = {
  begun: 0,
  acknowledged: 0,
  again: 0,
  refused: 0,
  unanswered: 0,
  delivered: 0,
  opened: 0,
  erased: 0,
}
const stop = new AbortController()
const over = new AbortController()
const end = new AbortController()
const tell = (message: FromTraffic) => process.send?.(message)

/** Seen by both readers of its endpoint: may be erased without taking anything from a reader. */
function erasable() {
  const seen = new Map<string, number>()
  const ready: string[] = []
  return {
    delivered(handoff: string) {
      const times = (seen.get(handoff) ?? 0) + 1
      seen.set(handoff, times)
      if (times < 2) return
      seen.delete(handoff)
      if (ready.length < 50) ready.push(handoff)
    },
    take: () => ready.shift(),
  }
}

async function eraseNowAndThen(
  store: Store,
  take: () => string | undefined,
  history: History,
): Promise<void> {
  const signer = await serviceSigner(store.keys, 'operator')
  while (!stop.signal.aborted) {
    await delay(ERASE_MS, undefined, { signal: stop.signal }).catch(() => undefined)
    const handoff = take() as HandoffId | undefined
    if (!handoff) continue
    const id = crypto.randomUUID() as MessageId
    const command = signCommand({ cmd: 'erase', handoff, scope: 'message' }, signer, id, Date.now())
    try {
      await store.log.put(handoffPlace(handoff).partition, store.codecs.inbound.encode(command))
      history.add({ kind: 'erased', handoff })
      counts.erased += 1
    } catch {
      // In doubt: the record may be there, and is judged as any other then.
    }
  }
}

/** Items in their order, `rate` a second; each lane sends one item at a time. */
async function sendAll(parts: ReaderParts): Promise<void> {
  const { composer, submitter } = parts
  const started = performance.now()
  let next = 0
  const lane = async () => {
    while (!stop.signal.aborted && next < options.messages) {
      const index = next
      next += 1
      const due = started + (index * 1000) / options.rate
      const early = due - performance.now()
      if (early > 0) await delay(early, undefined, { signal: stop.signal }).catch(() => undefined)
      if (stop.signal.aborted) return
      counts.begun += 1
      await sendItem(options.seed, index, composer, submitter)
    }
  }
  await Promise.all(Array.from({ length: LANES }, lane))
}

async function main(): Promise<void> {
  const store = await openStore(options.data)
  const { epoch } = await store.control
    .resolve(store.control.state().latest)
    .then(() => store.control.current())
  const composer = new Composer(epoch, join(options.data, 'partners'))
  const history = openHistory(options.history)
  const { gateways, seed } = options
  const submitter = makeSubmitter(composer, gateways, seed, history, counts, over.signal)
  const parts = { composer, submitter, history, counts }
  const { delivered, take } = erasable()
  const reader = (endpoint: string, name: string, turn: number, openEvery: number) =>
    readStream({ endpoint, name, turn, openEvery, delivered }, parts, end.signal)
  const readers = [
    ...ENDPOINTS.map((endpoint) => reader(endpoint, 'one', 0, options.openEvery)),
    ...ENDPOINTS.map((endpoint) => reader(endpoint, 'two', 1, 0)),
    ...APPROVERS.map((endpoint) => reader(endpoint, 'one', 1, 1)),
  ]
  const erasing = eraseNowAndThen(store, take, history)
  const timer = setInterval(() => tell({ kind: 'counts', counts }), TELL_MS)
  tell({ kind: 'ready' })
  await sendAll(parts)
  tell({ kind: 'sent', counts })
  await Promise.all([...readers, erasing])
  clearInterval(timer)
  tell({ kind: 'counts', counts })
  submitter.close()
  await history.close()
  await store.close()
}

process.on('message', (message) => {
  stop.abort()
  if (message === 'stop') setTimeout(() => over.abort(), GRACE_MS).unref()
  if (message === 'end') end.abort()
})
process.on('disconnect', () => process.exit(1))

main().then(
  () => process.exit(0),
  (error: unknown) => {
    tell({ kind: 'failed', error: asFailure(error).stack ?? '' })
    setTimeout(() => process.exit(1), 100)
  },
)

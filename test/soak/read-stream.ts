/** One reader of an endpoint's event stream: resumes after the last hand-off it was given, at the next gateway. */
import { createHash } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { asFailure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import { openHandoff, type ReadHandoff, verifyHandoff } from '#core/message/open-handoff.ts'
import { parseEventStream } from '#sdk/event-stream.ts'
import { urn } from '../support/verified-message.ts'
import type { Composer } from './compose.ts'
import type { History } from './history.ts'
import type { Counts, Submitter } from './submit.ts'
import { MARK } from './workload.ts'

const AGAIN_MS = 300

export interface ReaderOptions {
  /** `tbkk/zaken` */
  readonly endpoint: string
  /** Tells readers of one endpoint apart. */
  readonly name: string
  /** Gateway it begins at. */
  readonly turn: number
  /** Opens and acknowledges one in so many; 0: only looks. */
  readonly openEvery: number
  readonly delivered: (handoff: string) => void
}

interface Item {
  readonly handoff: HandoffId
  readonly cursor: string
  readonly jwe: string
}

/** Deterministic: both readers and both runs choose alike. */
const chosen = (handoff: string, every: number): boolean =>
  every > 0 && createHash('sha256').update(handoff).digest().readUInt32BE() % every === 0

async function open(item: Item, options: ReaderOptions, composer: Composer): Promise<ReadHandoff> {
  const { epoch } = composer
  const identity = await composer.identity(options.endpoint.split('/')[0] ?? '')
  const opened = openHandoff(item.jwe, identity.seal.privateKey)
  const certificate = epoch.certificates.get(opened.thumbprint as never)
  if (!certificate) throw new Error('signed under a certificate that nobody knows')
  const expected = {
    to: urn(options.endpoint),
    exchange: epoch.exchange,
    labelKeys: epoch.labelKeys,
    certificate,
  }
  return verifyHandoff(opened, expected)
}

/** Opens, looks for what nobody may be shown, and answers: an acknowledgement, and an approval when one is asked for. */
async function use(
  item: Item,
  options: ReaderOptions,
  { composer, submitter, history, counts }: ReaderParts,
): Promise<void> {
  const { handoff } = item
  let read: ReadHandoff
  try {
    read = await open(item, options, composer)
  } catch (error) {
    history.add({ kind: 'opened', handoff, message: '', fault: asFailure(error).message, leak: false })
    return
  }
  const leak = JSON.stringify([read.data, read.context, read.terms]).includes(MARK)
  const fault = read.handoff === handoff ? null : 'another hand-off than announced'
  history.add({ kind: 'opened', handoff, message: read.jti, fault, leak })
  counts.opened += 1
  const { approval } = read.label
  if (approval) {
    const wire = await composer.approval(options.endpoint, approval, read.sdHash, crypto.randomUUID())
    await submitter.submit(-1, 'approval', wire)
  }
  const wire = await composer.acknowledgement(options.endpoint, handoff, read.sdHash, crypto.randomUUID())
  await submitter.submit(-1, 'ack', wire)
}

export interface ReaderParts {
  readonly composer: Composer
  readonly submitter: Submitter
  readonly history: History
  readonly counts: Counts
}

async function* events(
  options: ReaderOptions,
  submitter: Submitter,
  turn: number,
  cursor: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Item> {
  const [partner = '', endpoint = ''] = options.endpoint.split('/')
  const client = await submitter.client(partner, turn)
  const after = cursor === undefined ? '' : `&after=${cursor}`
  const headers = { accept: 'text/event-stream' }
  const bytes = client.stream({ path: `/v1/stream?endpoint=${endpoint}${after}`, headers, signal })
  for await (const event of parseEventStream(bytes))
    if (event.event === 'handoff') yield JSON.parse(event.data) as Item
}

/** Until the signal aborts; resolves when everything begun is sent. */
export async function readStream(
  options: ReaderOptions,
  parts: ReaderParts,
  signal: AbortSignal,
): Promise<void> {
  const { history, counts, submitter } = parts
  const reader = `${options.endpoint} ${options.name}`
  const answers = new Set<Promise<void>>()
  history.add({ kind: 'reading', reader, endpoint: options.endpoint })
  let cursor: string | undefined
  for (let turn = options.turn; !signal.aborted; turn += 1) {
    try {
      for await (const item of events(options, submitter, turn, cursor, signal)) {
        const { handoff } = item
        const digest = createHash('sha256').update(item.jwe).digest('base64url')
        history.add({
          kind: 'delivered',
          reader,
          endpoint: options.endpoint,
          handoff,
          cursor: item.cursor,
          digest,
        })
        cursor = item.cursor
        counts.delivered += 1
        options.delivered(handoff)
        if (!chosen(handoff, options.openEvery)) continue
        const answer = use(item, options, parts).finally(() => answers.delete(answer))
        answers.add(answer)
      }
    } catch {
      // Whatever ended the stream: it goes on after the last hand-off it was given.
    }
    await delay(AGAIN_MS, undefined, { signal }).catch(() => undefined)
  }
  await Promise.all(answers)
}

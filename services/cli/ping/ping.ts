import { fail } from '#core/failure.ts'
import type { Connection } from '#sdk/connect.ts'
import type { HandoffForSender, MessageStatus } from '#sdk/gateway-answers.ts'
import type { Handoff } from '#sdk/open-handoff.ts'

export const STATIONS = ['signed', 'gateway', 'exchange', 'courier', 'inbox', 'acknowledged'] as const
export type Station = (typeof STATIONS)[number]

/**
 * When the test message passed a station, ms: by our clock, but `exchange` by that of the exchange. No partner is told when the courier
 * released it (null): that it did shows in the inbox.
 */
export interface Passed {
  readonly station: Station
  readonly at: number | null
}

export interface PingPorts {
  readonly connection: Pick<
    Connection,
    'urn' | 'publish' | 'status' | 'handoff' | 'inbox' | 'stream' | 'acknowledge'
  >
  readonly now: () => number
  /** 16 hex digits. */
  readonly testId: string
  readonly signal: AbortSignal
}

/** The station that it did not get past, and what the exchange said. */
export interface PingResult {
  readonly handoff: string | null
  readonly passed: readonly Passed[]
  readonly refused: readonly string[]
  readonly arrived: boolean
}

const WAIT_SECONDS = 20
const STREAM_MS = 10_000
const MINE = { actor: 'schakel-ping', role: 'system', automated: true }

/**
 * Sends one `connection.tested` from this endpoint to itself through the whole chain: gateway, exchange, courier, inbox, and back
 * with an acknowledgement. A refusal is an answer (`refused`, codes); what cannot be reached throws SchakelError.
 */
export async function ping(ports: PingPorts): Promise<PingResult> {
  const { connection, now } = ports
  const passed: Passed[] = []
  const pass = (station: Station, at: number | null) => passed.push({ station, at })
  const stop = new AbortController()
  const signal = AbortSignal.any([ports.signal, stop.signal])
  // Asked for before anything is sent: what is released meanwhile comes along.
  const arriving = firstOf(
    connection.stream(signal, 'now', () => undefined),
    ports.testId,
  )
  arriving.catch(() => undefined)
  try {
    pass('signed', now())
    const sent = await publish(ports)
    pass('gateway', now())
    const status = sent.state === 'accepted' ? await connection.status(sent.id, WAIT_SECONDS) : sent
    const [answer] = status.handoffs
    if (status.at !== null) pass('exchange', Date.parse(status.at))
    const handoff = answer?.handoff ?? null
    const refused = refusalsOf(status, answer)
    if (handoff === null || refused.length > 0 || status.state !== 'decided')
      return { handoff, passed, refused, arrived: false }
    const item = await received(ports, handoff, arriving)
    pass('courier', null)
    pass('inbox', now())
    await connection.acknowledge(item, { wait: WAIT_SECONDS })
    pass('acknowledged', now())
    return { handoff, passed, refused, arrived: true }
  } finally {
    stop.abort()
  }
}

function publish({ connection, testId }: PingPorts): Promise<MessageStatus> {
  return connection.publish('connection.tested', {
    wait: 0,
    to: [{ to: connection.urn, purpose: 'connection-test', basis: 'no-personal-data' }],
    data: { testId },
    context: { regime: 'GDPR', handling: 'GREEN' },
    preparedBy: MINE,
  })
}

function refusalsOf(status: MessageStatus, answer: HandoffForSender | undefined): readonly string[] {
  if (status.error) return [status.error.code]
  const { verdict } = answer ?? {}
  return verdict && !verdict.kind.startsWith('permit') ? verdict.reasons.map(({ code }) => code) : []
}

async function firstOf(stream: AsyncGenerator<Handoff>, testId: string): Promise<Handoff | undefined> {
  for await (const item of stream)
    if (item.type === 'connection.tested' && item.data['testId'] === testId) return item
  return undefined
}

/** From the stream; one that began too late to see it is made up for by the inbox, which has all that is still readable. */
async function received(
  { connection, testId, signal }: PingPorts,
  handoff: string,
  arriving: Promise<Handoff | undefined>,
): Promise<Handoff> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(STREAM_MS)])
  const waited = new Promise<undefined>((resolve) => late.addEventListener('abort', () => resolve(undefined)))
  const item = await Promise.race([arriving, waited])
  if (item) return item
  for (let after: string | undefined; ; ) {
    const page = await connection.inbox(after)
    const found = page.items.find((one) => one.handoff === handoff && one.data['testId'] === testId)
    if (found) return found
    if (!page.more || signal.aborted)
      return fail('OPS_UNREACHABLE', '/inbox', 'the test message is not in the inbox: does the courier run?')
    after = page.next
  }
}

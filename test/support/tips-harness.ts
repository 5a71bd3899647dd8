import { randomUUID } from 'node:crypto'
import type { Handoff } from '#sdk/open-handoff.ts'
import type { SchakelError } from '#sdk/sdk-error.ts'
import { startTips, type TipsPorts } from '#services/tips/start-tips.ts'
import { Door } from '#web/door.ts'

type Link = Awaited<ReturnType<TipsPorts['connect']>>
interface Sent {
  readonly id: string
  readonly type: string
  readonly data: Readonly<Record<string, unknown>>
}

const POLICE = 'urn:police'

/** The hotline's application with time that stands still, and an exchange that answers what the test says. */
export class TipsHarness {
  now = Date.UTC(2026, 10, 25, 8)
  readonly keepMs = 1_000_000_000
  verdict: 'permit' | 'deny' = 'permit'
  failure: SchakelError | undefined
  readonly sent: Sent[] = []
  readonly acknowledged: string[] = []
  readonly reports: string[] = []
  staff = ''
  stranger = ''
  url = ''
  #close: () => Promise<void> = async () => {}
  #wake: (() => void)[] = []
  #slept: (() => void) | undefined
  #arrive: ((item: { readonly handoff: Handoff; readonly done: () => void }) => void) | undefined

  static async start(): Promise<TipsHarness> {
    const harness = new TipsHarness()
    const door = new Door({ cookie: 'tips', now: () => harness.now, accounts: async () => [] })
    const cookie = (actor: string, role: string) =>
      door.enterByCode(door.startCode({ actor, name: actor, roles: [role] })).split(';')[0] ?? ''
    harness.staff = cookie('mp-11', 'staff')
    harness.stranger = cookie('x-1', 'other')
    const { url, close } = await startTips({
      connect: async () => harness.#link(),
      urnOf: () => POLICE,
      folder: null,
      door,
      host: '127.0.0.1',
      port: 0,
      keepMs: harness.keepMs,
      clock: {
        now: () => harness.now,
        sleep: (_ms, signal) =>
          new Promise((resolve) => {
            signal?.addEventListener('abort', () => resolve())
            if (signal?.aborted) resolve()
            harness.#wake.push(resolve)
            harness.#slept?.()
          }),
      },
      report: (error, about) => harness.reports.push(`${about}: ${String(error)}`),
    })
    harness.url = url
    harness.#close = close
    return harness
  }

  close(): Promise<void> {
    return this.#close()
  }

  /** One more turn of what the application does by the clock. */
  async tick(): Promise<void> {
    const turned = new Promise<void>((resolve) => {
      this.#slept = resolve
    })
    for (const wake of this.#wake.splice(0)) wake()
    await turned
  }

  /** A hand-off arrives and is worked on; answers its id. */
  async receive(
    type: string,
    data: Readonly<Record<string, unknown>>,
    from: string = POLICE,
    handoff: string = randomUUID().replaceAll('-', ''),
  ): Promise<string> {
    const one = { handoff, type, from, data, cursor: handoff } as unknown as Handoff
    await new Promise<void>((done) => this.#arrive?.({ handoff: one, done }))
    return handoff
  }

  #link(): Link {
    const answer = (id: string, handoff: string) => ({
      id,
      state: 'decided',
      at: null,
      error: null,
      handoffs: [{ handoff, verdict: { kind: this.verdict, reasons: [] } }],
    })
    return {
      publish: async (type: string, publication: Omit<Sent, 'type'>) => {
        this.sent.push({ ...publication, type })
        if (this.failure) throw this.failure
        return answer(publication.id, 'h')
      },
      status: async (id: string) => answer(id, 'h'),
      flush: async () => [],
      acknowledge: async ({ handoff }: Handoff) => {
        this.acknowledged.push(handoff)
        return answer('a', 'h')
      },
      stream: (signal: AbortSignal) => this.#stream(signal),
      close: () => {},
    } as unknown as Link
  }

  async *#stream(signal: AbortSignal): AsyncGenerator<Handoff> {
    const waiting: { readonly handoff: Handoff; readonly done: () => void }[] = []
    let wake = () => {}
    this.#arrive = (item) => {
      waiting.push(item)
      wake()
    }
    signal.addEventListener('abort', () => wake())
    while (!signal.aborted) {
      const next = waiting.shift()
      if (next) {
        yield next.handoff
        next.done()
      } else
        await new Promise<void>((resolve) => {
          wake = resolve
        })
    }
  }
}

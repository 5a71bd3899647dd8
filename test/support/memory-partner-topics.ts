import { Failure } from '#core/failure.ts'
import type {
  PartnerEntry,
  PartnerMemory,
  PartnerPage,
  PartnerRecord,
  PartnerTopic,
  PartnerTopics,
} from '#core/ports/partner-topics.ts'

type Headers = readonly (readonly [string, Uint8Array])[]

/** Partner topics in memory; `failNext` makes the next call of that name fail, with or without having done it. */
export class MemoryPartnerTopics implements PartnerTopics {
  readonly topics = new Map<string, PartnerRecord[]>()
  readonly memories = new Map<string, PartnerMemory>()
  readonly calls: string[] = []
  page = 256
  readonly #failing: { readonly call: string; readonly done: boolean }[] = []

  failNext(call: 'read' | 'append' | 'remember', done = false): void {
    this.#failing.push({ call, done })
  }

  /** What a partner's own client writes. */
  publish(oin: string, headers: Headers, value: Uint8Array | null): void {
    this.#write(`p.${oin}.in`, headers, value)
  }

  /** `out` as a client reads it: headers as text. */
  out(oin: string): { readonly headers: Readonly<Record<string, string>>; readonly value: string }[] {
    return (this.topics.get(`p.${oin}.out`) ?? []).map(({ headers, value }) => ({
      headers: Object.fromEntries(headers.map(([name, bytes]) => [name, Buffer.from(bytes).toString()])),
      value: Buffer.from(value ?? []).toString(),
    }))
  }

  #write(name: string, headers: Headers, value: Uint8Array | null): number {
    const records = this.topics.get(name) ?? []
    const position = (records.at(-1)?.position ?? -1) + 1
    records.push({ position, headers, value })
    this.topics.set(name, records)
    return position
  }

  #attempt<T>(call: string, work: () => T): T {
    this.calls.push(call)
    const index = this.#failing.findIndex((one) => one.call === call)
    if (index < 0) return work()
    const [failing] = this.#failing.splice(index, 1)
    if (failing?.done) work()
    throw new Failure('OPS_LOG_UNAVAILABLE')
  }

  async read(oin: string, topic: PartnerTopic, from: number): Promise<PartnerPage> {
    return this.#attempt('read', () => {
      const all = this.topics.get(`p.${oin}.${topic}`) ?? []
      const records = all.filter(({ position }) => position >= from).slice(0, this.page)
      return { records, next: (records.at(-1)?.position ?? from - 1) + 1 }
    })
  }

  async append(oin: string, entry: PartnerEntry): Promise<{ readonly position: number }> {
    return this.#attempt('append', () => {
      const headers = Object.entries(entry.headers).map(
        ([name, value]) => [name, Buffer.from(value)] as const,
      )
      return { position: this.#write(`p.${oin}.out`, headers, entry.value) }
    })
  }

  async remembered(oin: string, topic: PartnerTopic): Promise<PartnerMemory | undefined> {
    return this.memories.get(`${oin} ${topic}`)
  }

  async remember(oin: string, topic: PartnerTopic, memory: PartnerMemory): Promise<void> {
    this.#attempt('remember', () => this.memories.set(`${oin} ${topic}`, memory))
  }

  async changed(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
  }

  async close(): Promise<void> {}
}

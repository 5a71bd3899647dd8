/** Jepsen's questions over what clients observed: nothing acknowledged is lost, nothing is seen twice, early, never, or out of order. */
import { urn } from '../support/verified-message.ts'
import { Anomalies } from './anomalies.ts'
import { readHistory, type Seen } from './history.ts'
import { type Answered, type Hand, keyOf, type LogWalk } from './walk-log.ts'
import { expectedOf, itemOf } from './workload.ts'

type Acknowledged = Extract<Seen, { kind: 'acknowledged' }>
type Delivered = Extract<Seen, { kind: 'delivered' }>

interface Reader {
  readonly endpoint: string
  readonly seen: string[]
}

const VISIBLE = new Set(['sealed', 'delivered'])

export class ClientJudge {
  readonly #walk: LogWalk
  readonly #anomalies: Anomalies
  readonly #seed: number
  readonly #acknowledged: Acknowledged[] = []
  readonly #readers = new Map<string, Reader>()
  readonly #bytes = new Map<string, string>()

  constructor(walk: LogWalk, anomalies: Anomalies, seed: number) {
    this.#walk = walk
    this.#anomalies = anomalies
    this.#seed = seed
  }

  add(seen: Seen): void {
    switch (seen.kind) {
      case 'acknowledged':
        this.#acknowledged.push(seen)
        return
      case 'reading':
        this.#readerOf(seen)
        return
      case 'refused':
        this.#anomalies.add('refused at the door', `item ${seen.index} ${seen.part}: ${seen.code}`)
        return
      case 'delivered':
        this.#deliver(seen)
        return
      case 'opened':
        if (seen.fault !== null)
          this.#anomalies.add('delivery that does not hold', `${seen.handoff}: ${seen.fault}`)
        if (seen.leak) this.#anomalies.add('withheld value shown', seen.handoff)
        return
      case 'unanswered':
      case 'erased':
    }
  }

  /** Known from when it began: one that is never given anything is judged too. */
  #readerOf({ reader, endpoint }: { readonly reader: string; readonly endpoint: string }): Reader {
    const known = this.#readers.get(reader) ?? { endpoint, seen: [] }
    this.#readers.set(reader, known)
    return known
  }

  #deliver({ reader, endpoint, handoff, digest }: Delivered): void {
    this.#readerOf({ reader, endpoint }).seen.push(handoff)
    const before = this.#bytes.get(handoff)
    if (before !== undefined && before !== digest) this.#anomalies.add('duplicate', `${handoff}: other bytes`)
    this.#bytes.set(handoff, digest)
  }

  /** When everything was added and the walk is at the end of the log. */
  finish(): void {
    this.#judgeAnswers()
    this.#judgeHands()
    this.judgeReaders()
  }

  judgeReaders(): void {
    for (const [name, reader] of this.#readers) this.#judgeReader(name, reader)
  }

  #judgeAnswers(): void {
    const answers = this.#answersByKey()
    const judged = new Set<string>()
    for (const one of this.#acknowledged) {
      const key = keyOf(one.oin, one.id)
      const found = answers.get(key) ?? []
      if (!found.some((answer) => answer.digest === one.digest && answer.answer))
        this.#anomalies.add('lost', `item ${one.index} ${one.part} ${one.id}`)
      if (one.index < 0 || judged.has(key)) continue
      judged.add(key)
      this.#judgeMessage(
        one,
        found.flatMap(({ answer }) => (answer ? [answer] : [])),
      )
    }
  }

  #answersByKey(): ReadonlyMap<string, { digest: string; answer: Answered | undefined }[]> {
    const found = new Map<string, { digest: string; answer: Answered | undefined }[]>()
    for (const { inbound, answers } of this.#walk.partitions) {
      for (const [index, { key, digest }] of inbound.entries()) {
        const list = found.get(key) ?? []
        found.set(key, list)
        list.push({ digest, answer: answers[index] })
      }
    }
    return found
  }

  /** All answers to one id of one sender, however often and in whatever bytes it was sent. */
  #judgeMessage(one: Acknowledged, answers: readonly Answered[]): void {
    const item = itemOf(this.#seed, one.index)
    const expected = expectedOf(item)
    const name = `item ${one.index} (${item.kind})`
    // Without a verified signature nothing is registered: each copy is refused for itself.
    const single = expected.code !== 'MSG_SEAL'
    const first = answers.filter(({ kind, code }) => kind !== 'repeat' && code !== 'MSG_ID_REUSED')
    if (single && first.length !== 1) {
      const kinds = answers.map(({ kind, code }) => code ?? kind)
      this.#anomalies.add('more than one first outcome', `${name}: ${kinds.join(', ')}`)
    }
    for (const { kind, code, states } of single ? first : answers) {
      const fits =
        kind === expected.answer &&
        code === expected.code &&
        states.toSorted().join() === expected.states.toSorted().join()
      if (!fits)
        this.#anomalies.add(
          'another outcome than the law says',
          `${name}: ${kind} ${code} [${states.join()}]`,
        )
    }
    const reused = answers.filter(({ code }) => code === 'MSG_ID_REUSED').length
    if (reused > 0 && item.kind !== 'reused')
      this.#anomalies.add('another outcome than the law says', `${name}: reused`)
  }

  #judgeHands(): void {
    const made = new Map<string, string>()
    for (const { hands, problems } of this.#walk.partitions) {
      for (const problem of problems)
        this.#anomalies.add(
          problem.includes('repeat') ? 'repeat with an effect' : 'more than one end',
          problem,
        )
      for (const hand of hands.values()) {
        const key = `${hand.message} ${hand.to}`
        // One message may ask the same approver for several guards.
        if (made.has(key) && !hand.to.endsWith(':parket') && !hand.to.endsWith(':mandaat'))
          this.#anomalies.add('duplicate', `${hand.id} and ${made.get(key)} of one message to one recipient`)
        made.set(key, hand.id)
      }
    }
    for (const handoff of this.#bytes.keys()) {
      const hand = this.#find(handoff)
      if (!hand || hand.released === null) this.#anomalies.add('aborted read', handoff)
      else if (hand.began === 'refused') this.#anomalies.add('delivered without a permit', handoff)
    }
  }

  #find(handoff: string): Hand | undefined {
    const partition = Number(handoff.split('-')[1])
    return this.#walk.partitions[partition]?.hands.get(handoff)
  }

  /** A reader sees each partition in the order of release, whole. */
  #judgeReader(name: string, { endpoint, seen }: Reader): void {
    const last = new Map<number, number>()
    const got = new Set<string>()
    for (const handoff of seen) {
      const hand = this.#find(handoff)
      if (!hand || hand.released === null) continue
      const before = last.get(hand.partition) ?? 0
      if (got.has(handoff) || hand.released < before)
        this.#anomalies.add('non-monotonic', `${name}: ${handoff} after release ${before}`)
      last.set(hand.partition, Math.max(before, hand.released))
      got.add(handoff)
    }
    const to = urn(endpoint)
    for (const { partition, releases } of this.#walk.partitions) {
      for (const hand of releases) {
        const visible = hand.to === to && VISIBLE.has(hand.state) && !hand.erased
        if (!visible || got.has(hand.id)) continue
        const passed = (last.get(partition) ?? 0) > (hand.released ?? 0)
        this.#anomalies.add(passed ? 'skip' : 'unobserved', `${name}: ${hand.id}`)
      }
    }
  }
}

/** How many hand-offs some reader has yet to see, by what is in the history now. */
export async function unobserved(walk: LogWalk, history: string, seed: number): Promise<number> {
  const anomalies = new Anomalies()
  const judge = new ClientJudge(walk, anomalies, seed)
  for await (const seen of readHistory(history)) judge.add(seen)
  judge.judgeReaders()
  return anomalies.counts['unobserved'] ?? 0
}

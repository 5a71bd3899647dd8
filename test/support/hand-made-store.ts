/** A small store written by hand, outcome by outcome, to see what fsck says of it: no exchange, no evaluator. */
import { createHash, randomBytes } from 'node:crypto'
import { openSqliteLog } from '#adapters/event-log/sqlite.ts'
import { openSqliteKeys } from '#adapters/key-store/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import type { DutyChange, Effect, NewHandoff, Outcome, StateChange } from '#core/handoff/outcome.ts'
import { sealBytes } from '#core/handoff/seal-bytes.ts'
import type { CaseRef, Digest, EndpointUrn, HandoffId, MessageId, TypeName } from '#core/ids.ts'
import { makeLeaf } from '#core/ledger/leaf.ts'
import { appendChained } from '#core/log/append-chained.ts'
import { controlChain, outcomesChain } from '#core/log/chain.ts'
import { initialiseLog } from '#core/log/initialise-log.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { TileStore } from '#core/ports/tile-store.ts'
import { createLedgerKey } from '#services/ledger/ledger-key.ts'
import { openSequencer, publish, writeCut } from '#services/ledger/sequencer.ts'
import { plainCodecs } from './plain-codecs.ts'

export const FROM = 'urn:nld:oin:00000099000000002000:systeem:zaken' as EndpointUrn
export const TO = 'urn:nld:oin:00000099000000006000:systeem:politie' as EndpointUrn
export const PARTITION = 5
const TYPE = 'kmar.alert' as TypeName
const CASE = 'ab'.repeat(16) as CaseRef
const ACCOUNT = 'a:2026-11'
const START = Date.UTC(2026, 10, 24)
const DAY = 86_400_000

export const id = (seq: number, hex = '0'): HandoffId =>
  `ho-${PARTITION}-${seq}-${hex.repeat(16)}` as HandoffId
export const sdHash = (name: string) => createHash('sha256').update(name).digest('base64url') as Digest

export interface Draft {
  at: number
  epoch: number
  answer: Outcome['answer']
  input: boolean
  sweep: Outcome['sweep']
  seen: Outcome['seen']
  effects: Effect[]
  duties?: DutyChange[]
  records: DecisionRecord[]
  archive: { readonly keyId: string; readonly durable: boolean; readonly bytes: Uint8Array } | null
  /** Changes the finished outcome, or the leaves alone, before it is chained. */
  late?: (outcome: Outcome) => Outcome
}

export const answer = (
  kind: Outcome['answer']['kind'],
  code: string | null = null,
  repeatOf: number | null = null,
) => ({
  kind,
  code,
  pointer: null,
  repeatOf,
})

export function verdict(
  kind: Verdict['kind'],
  shown: readonly string[],
  withheld: readonly string[],
): Verdict {
  const permitted = kind === 'permit' || kind === 'permit-redacted'
  const reason = {
    code: 'APPROVAL_PENDING',
    rule: 'x',
    article: null,
    verified: true,
    needs: 'approval:x',
    tell: true,
  }
  return {
    kind,
    reasons: permitted ? [] : [reason],
    basis: permitted ? [{ rule: 'p', article: 'Wpg 15', verified: true }] : [],
    shown,
    withheld: withheld.map((member) => ({ member, reason: 'SOURCE_PROTECTED', rule: 'g20' })),
    obligations: [],
  }
}

export function record(
  at: number,
  handoff: HandoffId | null,
  state: DecisionRecord['state'],
  more: Partial<DecisionRecord> = {},
): DecisionRecord {
  const decided = more.verdict ?? null
  const question = decided && {
    type: TYPE,
    from: FROM,
    to: TO,
    terms: { purpose: 'border-alert', basis: 'wpg-15', ground: 'none', validUntil: null },
    at: { decided: at, occurred: null },
    label: { handling: 'GREEN', regime: 'WPG', marks: [] },
    facts: {},
    members: ['person', 'source'].map((name) => ({
      name,
      category: name,
      wpgClass: null,
      withheldBySender: false,
    })),
  }
  const versions = { rules: 'r', registers: 'g', agreements: 'a', schemas: 's', engine: 'e' }
  return {
    trace_id: randomBytes(16).toString('hex'),
    span_id: randomBytes(8).toString('hex'),
    event_name: decided ? 'adl.access_evaluation' : 'schakel.state_change',
    timestamp: at,
    handoff,
    state,
    cause: 'decided',
    question,
    verdict: decided,
    versions: decided && versions,
    epoch: 1,
    message: null,
    sdHash: null,
    salt: randomBytes(32).toString('base64url'),
    ...more,
  }
}

const fresh = (at: number, more: Partial<Draft> = {}): Draft => ({
  at,
  epoch: 1,
  answer: answer('decided'),
  input: true,
  sweep: null,
  seen: null,
  effects: [],
  records: [],
  archive: null,
  ...more,
})

const seen = (n: number, at: number): Outcome['seen'] => ({
  iss: FROM,
  jti: `00000000-0000-4000-8000-00000000000${n}` as MessageId,
  digest: sdHash(`message ${n}`),
  until: at + 3 * DAY,
})

export function handoff(seq: number, at: number, more: Partial<NewHandoff>): NewHandoff {
  return {
    kind: 'handoff',
    handoff: id(seq),
    caseRef: CASE,
    message: `00000000-0000-4000-8000-00000000000${seq}` as MessageId,
    from: FROM,
    to: TO,
    type: TYPE,
    state: 'sealed',
    deadline: at + DAY,
    sealed: Uint8Array.of(1, 2, 3),
    sdHash: sdHash(`shown ${seq}`),
    asks: null,
    contentKey: `c:${PARTITION}:${seq}:0badcafe`,
    certificate: 'x',
    ...more,
  }
}

export function change(
  handoffId: HandoffId,
  state: StateChange['state'],
  cause: StateChange['cause'],
): StateChange {
  return { kind: 'state', handoff: handoffId, state, cause, deadline: null, sealed: null, sdHash: null }
}

const archived = (seq: number) => ({
  keyId: `c:${PARTITION}:${seq}:0badcafe`,
  durable: true,
  bytes: Uint8Array.of(9),
})

/** seq 2 epoch tick · 3 sealed · 4 held · 5 released · 6 delivered · 7 repeat · 8 refused message · 9 expiry of 4 · 10 erasure of 3 */
export function goodStory(): Draft[] {
  const t = (n: number) => START + n * 1_000
  const late = START + DAY + 4_000
  const redacted = verdict('permit-redacted', ['person'], ['source'])
  return [
    fresh(t(2), { answer: answer('tick'), input: false, sweep: { upto: 0, done: true } }),
    fresh(t(3), {
      seen: seen(3, t(3)),
      archive: archived(3),
      effects: [handoff(3, t(3), {})],
      records: [
        record(t(3), id(3), 'sealed', {
          verdict: redacted,
          message: sdHash('m3'),
          sdHash: sdHash('shown 3'),
        }),
      ],
    }),
    fresh(t(4), {
      seen: seen(4, t(4)),
      archive: archived(4),
      effects: [handoff(4, t(4), { state: 'held', sealed: null, sdHash: null })],
      records: [record(t(4), id(4), 'held', { verdict: verdict('hold', ['person', 'source'], []) })],
    }),
    fresh(t(5), {
      answer: answer('commanded'),
      effects: [{ kind: 'released', handoff: id(3) }],
      records: [record(t(5), id(3), 'released')],
    }),
    fresh(t(6), {
      seen: seen(6, t(6)),
      archive: archived(6),
      effects: [change(id(3), 'delivered', 'acknowledged')],
      records: [record(t(6), id(3), 'delivered')],
    }),
    fresh(t(7), { answer: answer('repeat', null, 3) }),
    fresh(t(8), {
      answer: answer('refused', 'MSG_AUD'),
      archive: archived(8),
      records: [record(t(8), null, 'message-refused', { cause: 'MSG_AUD' })],
    }),
    fresh(late, {
      answer: answer('tick'),
      input: false,
      effects: [change(id(4), 'expired', 'deadline')],
      records: [record(late, id(4), 'expired')],
    }),
    fresh(late, {
      answer: answer('commanded'),
      effects: [{ kind: 'erased', handoff: id(3), scope: 'message', keys: [`c:${PARTITION}:3:0badcafe`] }],
      records: [record(late, id(3), 'erased')],
    }),
  ]
}

function memoryTiles(): TileStore & { readonly files: Map<string, Uint8Array> } {
  const files = new Map<string, Uint8Array>()
  return {
    files,
    read: async (path) => files.get(path),
    write: async (path, bytes) => void files.set(path, bytes),
    remove: async (path) => void files.delete(path),
  }
}

/** Writes a story after its genesis, keys as an exchange would leave them, cuts and tiles. */
export async function handMadeStore(story: readonly Draft[]) {
  const codecs = plainCodecs()
  const clock: Clock = { now: () => START, sleep: () => Promise.resolve() }
  const log = openSqliteLog(':memory:', clock)
  await initialiseLog(log, codecs, systemRandom, clock)
  const keys = openSqliteKeys(':memory:')
  await createLedgerKey(keys, systemRandom)
  const account = randomBytes(32)
  await keys.put([
    { id: ACCOUNT, kind: 'accountability', bytes: account },
    { id: `k:${CASE}:0`, kind: 'case', bytes: randomBytes(32) },
  ])
  await appendChained(log, controlChain(codecs), 0, undefined, (head) => {
    return { seq: 3, prev: head.hash, at: START, epoch: 1, genesis: null, entries: [], note: '' }
  })
  const subjects = new Map<string, { from: string; to: string; type: string }>()
  for (const draft of story) {
    const input = draft.input ? await log.put(PARTITION, { headers: {}, value: randomBytes(20) }) : null
    const [raw] = input ? await log.read('inbound', PARTITION, input.position) : []
    for (const effect of draft.effects) if (effect.kind === 'handoff') subjects.set(effect.handoff, effect)
    if (draft.archive?.durable) {
      await keys.put([
        { id: draft.archive.keyId, kind: 'content', bytes: randomBytes(60), wrappedBy: `k:${CASE}:0` },
      ])
    }
    await appendChained(log, outcomesChain(codecs), PARTITION, undefined, (head) => {
      const seq = head.seq + 1
      const answered = raw && {
        n: head.inputs + 1,
        position: raw.position,
        digest: createHash('sha256').update(raw.value).digest(),
      }
      const plain = Buffer.from(JSON.stringify(draft.records), 'utf8')
      const sealed = sealBytes(account, randomBytes(12), `decisions:${PARTITION}:${seq}`, plain)
      const nobody = { from: null, to: null, type: null }
      const outcome: Outcome = {
        seq,
        prev: head.hash,
        at: draft.at,
        epoch: draft.epoch,
        genesis: null,
        in: answered ?? null,
        answer: draft.answer,
        submitter: null,
        outerId: null,
        seen: draft.seen,
        effects: draft.effects,
        duties: draft.duties ?? [],
        archive: draft.archive && { keyId: draft.archive.keyId, bytes: draft.archive.bytes },
        decisions: draft.records.length === 0 ? null : { keyId: ACCOUNT, bytes: sealed },
        leaves: draft.records.map((one, n) => {
          const { from, to, type } = subjects.get(one.handoff ?? '') ?? nobody
          return makeLeaf({ partition: PARTITION, seq, n, record: one, from, to, type })
        }),
        sweep: draft.sweep,
      }
      return draft.late ? draft.late(outcome) : outcome
    })
    await keys.destroy(draft.effects.flatMap((effect) => (effect.kind === 'erased' ? effect.keys : [])))
  }
  const tiles = memoryTiles()
  const artefacts = { put: async () => '', get: async () => undefined }
  const ledger = { log, codecs, keys, tiles, clock, report: () => undefined }
  const sequencer = await openSequencer(ledger)
  await sequencer.tail.read(10_000)
  await writeCut(ledger, sequencer)
  await publish(ledger, sequencer)
  return { log, codecs, keys, tiles, artefacts }
}

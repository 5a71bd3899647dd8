/**
 * A founded Schakel in a temporary directory and partners who write to it: the checked-in contracts and first-time keys, amended so
 * that TH, too, has a valid assessment (two recipients that are both permitted).
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { openSqlitePoison } from '#adapters/poison/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { createEvaluator } from '#core/handoff/evaluate.ts'
import type { Inbound, Outcome } from '#core/handoff/outcome.ts'
import type { CaseRef, EndpointUrn, Oin, TypeName, Vct } from '#core/ids.ts'
import { outcomesChain, readChain } from '#core/log/chain.ts'
import { partitionOf } from '#core/log/partition.ts'
import { algorithmOf } from '#core/message/algorithms.ts'
import { outerAttributes } from '#core/message/cloudevents.ts'
import type { MessageContext, ToExchange } from '#core/message/content.ts'
import { issueMessage } from '#core/message/issue-message.ts'
import { sealMessage } from '#core/message/seal-message.ts'
import type { Fold } from '#core/ports/fold.ts'
import { uuidV4 } from '#core/uuid-v4.ts'
import { type Identity, readIdentity } from '#sdk/read-identity.ts'
import { initialise } from '#services/cli/init.ts'
import { openStore, type Store } from '#services/cli/open-store.ts'
import type { ExchangePorts } from '#services/exchange/ports.ts'
import { Worker } from '#services/exchange/worker.ts'
import { type Draft, urn } from '../support/verified-message.ts'

export interface BenchWorld {
  readonly data: string
  readonly store: Store
  /** What `sent` becomes on the wire: signed and sealed by the sender's own keys, each in a case of its own unless it says. */
  make(sent: Sent): Promise<Inbound>
  identity(partner: string): Promise<Identity>
  close(): Promise<void>
}

export interface Sent extends Omit<Draft, 'evidence'> {
  /** Partition of the fresh case; any when absent. */
  readonly partition?: number
  readonly labels?: readonly string[]
}

const CONTEXT: MessageContext = {
  occurredAt: null,
  regime: 'WPG',
  wpgClass: '8',
  fieldClass: null,
  handling: 'GREEN',
  evaluation: 'B2',
  personCategory: 'SUSPECT',
  factOrOpinion: 'FACT',
  retainUntil: null,
}

export function freshCase(partition?: number): CaseRef {
  for (;;) {
    const ref = Buffer.from(systemRandom.bytes(16)).toString('hex') as CaseRef
    if (partition === undefined || partitionOf(ref) === partition) return ref
  }
}

interface Rows {
  rows: Record<string, unknown>[]
}

/** TH's expired assessment is renewed and an assurance added; nothing else differs from `npm start`. */
function amend(artefacts: Map<string, Uint8Array>): void {
  const change = (path: string, edit: (register: Rows) => void) => {
    const register = JSON.parse(Buffer.from(artefacts.get(path) ?? []).toString('utf8')) as Rows
    edit(register)
    artefacts.set(path, Buffer.from(JSON.stringify(register)))
  }
  change('contracts/register/transfers.json', ({ rows }) => {
    for (const row of rows) row['until'] = '2035-01-01'
  })
  change('contracts/register/assurances.json', ({ rows }) => {
    const [model] = rows
    rows.push({ ...model, country: 'TH' })
  })
}

export async function openBenchWorld(): Promise<BenchWorld> {
  const data = await mkdtemp(join(tmpdir(), 'schakel-bench-'))
  await initialise(data, { strict: false, progress: () => {}, amend })
  const world = await worldOn(data)
  return {
    ...world,
    async close() {
      await world.close()
      await rm(data, { recursive: true, force: true })
    },
  }
}

/** Partners of a data directory that is founded, on whatever stores it names; closing it leaves the directory as it is. */
export async function worldOn(data: string): Promise<BenchWorld> {
  const store = await openStore(data)
  const identities = new Map<string, Promise<Identity>>()
  const identity = (partner: string) => {
    const known = identities.get(partner) ?? readIdentity(join(store.paths.partners, partner), Date.now())
    identities.set(partner, known)
    return known
  }
  return {
    data,
    store,
    identity,
    make: async (sent) => makeInbound(store, await identity(sent.from.split('/')[0] ?? ''), sent),
    close: () => store.close(),
  }
}

function makeInbound(store: Store, identity: Identity, sent: Sent): Inbound {
  const { epoch } = store.control.current()
  const type = epoch.types.get(sent.type as TypeName)
  const [label] = epoch.labelKeys
  const intake = epoch.intakeKeys.find((key) => key.jwk['crv'] === 'P-256')
  if (!type || !label || !intake) throw new Error(`cannot send ${sent.type}`)
  const toExchange: ToExchange = {
    subject: freshCase(sent.partition),
    inReplyTo: null,
    supersedes: null,
    evidence: sent.labels ?? [],
    origin: 'own',
    preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
    freeTextReviewed: null,
    reviewAt: null,
    withheldBySender: [],
    ...sent.toExchange,
  }
  const now = Date.now()
  const visible = {
    iss: urn(sent.from),
    aud: epoch.exchange,
    jti: uuidV4(systemRandom.bytes(16)),
    iat: now - (now % 1000),
    submitBy: now - (now % 1000) + 12 * 3_600_000,
    vct: type.vct as Vct,
  }
  const { certificate, privateKey } = identity.sign
  const terms = sent.to.map((one) => ({
    to: urn(one.to) as EndpointUrn,
    purpose: one.purpose,
    basis: one.basis,
    ground: one.ground ?? 'none',
    validUntil: one.validUntil ?? null,
  }))
  const sdJwt = issueMessage(
    {
      visible,
      type,
      cnf: label.jwk,
      terms,
      toExchange,
      context: { ...CONTEXT, ...sent.context },
      data: Object.fromEntries(type.fields.map(({ name }) => [name, sent.data[name] ?? null])),
      signer: { key: privateKey, alg: algorithmOf(privateKey), thumbprint: certificate.thumbprint },
    },
    systemRandom,
  )
  const { specversion: _, ...attributes } = outerAttributes(visible, toExchange.subject)
  const body = Buffer.from(sealMessage(sdJwt, intake, systemRandom))
  return { kind: 'message', attributes, submitter: identity.oin as Oin, redriveOf: null, body }
}

export async function putInbound({ store }: BenchWorld, inbound: Inbound): Promise<void> {
  const partition = partitionOf(inbound.attributes['subject'] ?? '')
  await store.log.put(partition, store.codecs.inbound.encode(inbound))
}

/** The real exchange on one partition of a world, driven pass by pass. */
export interface Driver {
  readonly fold: Fold
  /** Until every input is answered. */
  drain(): Promise<void>
  close(): void
}

/**
 * `wholeBatches`: the clock stands still from the first input of a block to the moment before its append, so that blocks are not
 * cut after 5 ms of work but hold up to 64 inputs. All other ports are the real ones.
 */
export function openDriver({ store }: BenchWorld, partition: number, wholeBatches: boolean): Driver {
  const { log, codecs, control, random, paths } = store
  const fold = openSqliteFold(paths.fold(partition))
  const poison = openSqlitePoison(paths.poison)
  const evaluator = createEvaluator()
  let held: number | undefined
  const clock = { ...store.clock, now: () => held ?? store.clock.now() }
  const keys: ExchangePorts['keys'] = {
    ...store.keys,
    put: (rows) => {
      if (rows.some((row) => row.kind === 'content')) held = undefined
      return store.keys.put(rows)
    },
  }
  const ports: ExchangePorts = {
    log,
    codecs,
    keys,
    control,
    clock,
    random,
    evaluator: {
      ...evaluator,
      input: (input, context) => {
        if (wholeBatches) held ??= store.clock.now()
        return evaluator.input(input, context)
      },
    },
    fold: () => fold,
    poison,
    report: (event) => {
      throw new Error(`exchange reports ${event.kind}`)
    },
  }
  const worker = new Worker(ports, partition, fold)
  return {
    fold,
    async drain() {
      for (let woken = true; ; woken = false) if ((await worker.pass(woken)).kind === 'idle') return
    },
    close() {
      fold.close()
      poison.close()
    },
  }
}

/** All outcomes of a partition that answer an input. */
export async function answersOf({ store }: BenchWorld, partition: number): Promise<readonly Outcome[]> {
  const chain = outcomesChain(store.codecs)
  const found: Outcome[] = []
  for (let head: Parameters<typeof readChain>[3]; ; ) {
    const page = await readChain(store.log, chain, partition, head)
    for (const { record } of page.steps) if (record.in) found.push(record)
    if (page.atEnd || !page.head) return found
    head = page.head
  }
}

/** Everything of a run must have gone as the figure says: a refusal is fast and would flatter it. */
export function requireSealed(outcomes: readonly Outcome[], handoffsEach: number): void {
  for (const { answer, effects } of outcomes) {
    const sealed = effects.filter((effect) => effect.kind === 'handoff' && effect.state === 'sealed')
    if (answer.kind !== 'decided' || sealed.length !== handoffsEach) {
      throw new Error(`not what was to be measured: ${answer.kind} ${answer.code}, ${sealed.length} sealed`)
    }
  }
}

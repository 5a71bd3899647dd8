/** One partition with the real evaluator, the contracts of this repository and real cryptography; log and clock are the test's. */
import { createHash, generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { openSqliteFold } from '#adapters/fold/sqlite.ts'
import { systemRandom } from '#adapters/random/system.ts'
import { carriersOf } from '#core/decision/carriers.ts'
import type { Certificate, Epoch, ServiceKey } from '#core/decision/epoch.ts'
import { applyOutcome } from '#core/handoff/apply-outcome.ts'
import { createEvaluator } from '#core/handoff/evaluate.ts'
import type { Evaluation, EvaluationContext, Evaluator } from '#core/handoff/evaluator.ts'
import type { Inbound, NewHandoff, Outcome } from '#core/handoff/outcome.ts'
import { type CommandSigner, signCommand } from '#core/handoff/sign-command.ts'
import {
  type EndpointUrn,
  type HandoffId,
  handoffPlace,
  type MessageId,
  type Oin,
  type Vct,
} from '#core/ids.ts'
import { partitionOf } from '#core/log/partition.ts'
import { outerAttributes } from '#core/message/cloudevents.ts'
import type { MessageContext, ToExchange } from '#core/message/content.ts'
import { issueMessage } from '#core/message/issue-message.ts'
import { openHandoff, type ReadHandoff, verifyHandoff } from '#core/message/open-handoff.ts'
import { openTransit } from '#core/message/open-transit.ts'
import { transitKeyId } from '#core/message/seal-handoff.ts'
import { sealMessage } from '#core/message/seal-message.ts'
import type { Fold, HandoffRow } from '#core/ports/fold.ts'
import { BatchKeys } from '#services/exchange/batch-keys.ts'
import { keysErased, settleKeys } from '#services/exchange/settle-keys.ts'
import { type TestEpochOptions, testEpoch } from './contracts.ts'
import { MemoryKeys } from './memory-keys.ts'
import type { Draft } from './verified-message.ts'
import { NOW, urn } from './verified-message.ts'

interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

const ec = (): Pair => generateKeyPairSync('ec', { namedCurve: 'P-256' })
const KEYS = { intake: ec(), label: ec(), operator: generateKeyPairSync('ed25519') }
const FAR = Date.UTC(2035, 0, 1)
const SIGNERS = new Map<string, Pair>()
const SEALERS = new Map<string, Pair>()

function pairOf(pairs: Map<string, Pair>, oin: string, make: () => Pair): Pair {
  const pair = pairs.get(oin) ?? make()
  pairs.set(oin, pair)
  return pair
}

const jwkOf = (pair: Pair) => pair.publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>

export function certificateOf(oin: Oin, use: 'sign' | 'seal', more: Partial<Certificate> = {}): Certificate {
  const pair =
    use === 'sign' ? pairOf(SIGNERS, oin, () => generateKeyPairSync('ed25519')) : pairOf(SEALERS, oin, ec)
  const thumbprint = createHash('sha256').update(`${oin}${use}`).digest('base64url')
  const { publicKey } = pair
  const times = { notBefore: 0, notAfter: FAR }
  return {
    thumbprint,
    kid: thumbprint,
    oin,
    use,
    publicKey,
    jwk: jwkOf(pair),
    serial: oin,
    ...times,
    ...more,
  }
}

const serviceKey = (kid: string, pair: Pair): ServiceKey => ({
  kid,
  publicKey: pair.publicKey,
  jwk: jwkOf(pair),
  from: 0,
  until: FAR,
})

/** The repository's contracts, with certificates of every partner and keys of the exchange. */
export function realEpoch(more: Partial<Epoch> = {}, change: TestEpochOptions['change'] = {}): Epoch {
  const epoch = testEpoch({ change })
  const both = [...epoch.partners.keys()].flatMap((oin) => [
    certificateOf(oin, 'sign'),
    certificateOf(oin, 'seal'),
  ])
  const certificates = new Map(both.map((one) => [one.thumbprint, one]))
  return {
    ...epoch,
    certificates,
    carriers: carriersOf(epoch.partners, certificates),
    intakeKeys: [serviceKey('intake', KEYS.intake)],
    labelKeys: [serviceKey('label', KEYS.label)],
    commandKeys: new Map([['operator', serviceKey('operator', KEYS.operator)]]),
    crlUntil: FAR,
    ...more,
  }
}

export interface Sent extends Draft {
  readonly id?: string
  /** What happens to the signed bytes before they are sealed. */
  readonly tamper?: (sdJwt: string) => string
  /** Hands it in; else the sender itself. */
  readonly submitter?: string
}

export interface Answered {
  readonly outcome: Outcome
  readonly code: string | null
  readonly rows: readonly HandoffRow[]
}

export const PARTITION = 3

/** A case reference whose partition is the test's. */
export function caseRef(n = 0): string {
  for (let i = n * 1000; ; i += 1) {
    const ref = i.toString(16).padStart(32, '0')
    if (partitionOf(ref) === PARTITION) return ref
  }
}

export class RealExchange {
  at = NOW
  epoch: Epoch
  readonly keys = new MemoryKeys()
  readonly fold: Fold = openSqliteFold(':memory:')
  readonly evaluator: Evaluator = createEvaluator()
  #seq = 1

  constructor(epoch: Epoch = realEpoch()) {
    this.epoch = epoch
    const der = (pair: Pair) => pair.privateKey.export({ format: 'der', type: 'pkcs8' })
    const rows = [
      { id: 'i:intake', kind: 'intake', bytes: der(KEYS.intake) },
      { id: 'l:label', kind: 'label', bytes: der(KEYS.label) },
      { id: 's:label', kind: 'label-seal', bytes: Buffer.alloc(32, 7) },
    ] as const
    for (const row of rows) this.keys.rows.set(row.id, row)
  }

  /** What this partner sends, sealed; the same call twice gives other bytes. */
  inbound(sent: Sent): Inbound {
    const type = this.epoch.types.get(sent.type as never)
    const iss = urn(sent.from)
    const oin = iss.split(':')[3] as Oin
    if (!type) throw new Error(`no type ${sent.type}`)
    const toExchange: ToExchange = {
      subject: caseRef() as ToExchange['subject'],
      inReplyTo: null,
      supersedes: null,
      evidence: [],
      origin: 'own',
      preparedBy: { actor: 'rech-21', role: 'rechercheur', automated: false },
      freeTextReviewed: null,
      reviewAt: null,
      withheldBySender: [],
      ...sent.toExchange,
    }
    const signer = pairOf(SIGNERS, oin, () => generateKeyPairSync('ed25519'))
    const visible = {
      iss,
      aud: this.epoch.exchange,
      jti: (sent.id ?? randomUUID()) as MessageId,
      iat: this.at,
      submitBy: this.at + 3_600_000,
      vct: type.vct as Vct,
    }
    const sdJwt = issueMessage(
      {
        visible,
        type,
        cnf: jwkOf(KEYS.label),
        terms: sent.to.map((one) => ({
          to: urn(one.to),
          purpose: one.purpose,
          basis: one.basis,
          ground: one.ground ?? 'none',
          validUntil: one.validUntil ?? null,
        })),
        toExchange,
        context: { ...CONTEXT, ...sent.context },
        data: Object.fromEntries(type.fields.map(({ name }) => [name, sent.data[name] ?? null])),
        signer: { key: signer.privateKey, alg: 'Ed25519', thumbprint: certificateOf(oin, 'sign').thumbprint },
      },
      systemRandom,
    )
    const { specversion: _, ...attributes } = outerAttributes(visible, toExchange.subject)
    const jwe = sealMessage(
      sent.tamper?.(sdJwt) ?? sdJwt,
      { kid: 'intake', publicKey: KEYS.intake.publicKey },
      systemRandom,
    )
    const submitter = sent.submitter ? (urn(sent.submitter).split(':')[3] ?? null) : oin
    return { kind: 'message', attributes, submitter, redriveOf: null, body: Buffer.from(jwe) }
  }

  send(sent: Sent): Promise<Answered> {
    return this.put(this.inbound(sent))
  }

  /** `receivedAt`: when the log took it; default now. */
  async put(inbound: Inbound, receivedAt = this.at): Promise<Answered> {
    const digest = createHash('sha256').update(inbound.body).digest()
    return this.#write((context) =>
      this.evaluator.input({ inbound, position: this.#seq, receivedAt, digest }, context),
    )
  }

  eraseCommand(handoff: HandoffId, scope: 'message' | 'case'): Inbound {
    const signer: CommandSigner = { name: 'operator', key: KEYS.operator.privateKey }
    const command = { cmd: 'erase', handoff, scope } as const
    return signCommand(command, signer, randomUUID() as MessageId, this.at)
  }

  erase(handoff: HandoffId, scope: 'message' | 'case'): Promise<Answered> {
    return this.put(this.eraseCommand(handoff, scope))
  }

  /** A new epoch and its sweep of everything open. */
  sweep(epoch: Epoch): Promise<Answered> {
    this.epoch = { ...epoch, number: this.epoch.number + 1 }
    const rows = this.fold.open(0, this.epoch.number, 64)
    return this.#write((context) => this.evaluator.sweep(rows, context))
  }

  expire(): Promise<Answered> {
    return this.#write((context) => this.evaluator.expire(this.fold.due(this.at, 64), context))
  }

  /** Due duties, as the exchange's tick. */
  tickDuties(): Promise<Answered> {
    return this.#write((context) => this.evaluator.duties(this.fold.dueDuties(this.at, 64), context))
  }

  async #write(evaluate: (context: EvaluationContext) => Promise<Evaluation>): Promise<Answered> {
    const keys = new BatchKeys(this.keys, systemRandom)
    const { at, epoch, fold } = this
    const seq = this.#seq + 1
    const evaluation = await evaluate({
      partition: PARTITION,
      seq,
      at,
      epoch,
      fold,
      keys,
      random: systemRandom,
    })
    const { keyRows, ...answered } = evaluation
    const outcome: Outcome = {
      ...answered,
      seq,
      prev: new Uint8Array(32),
      at,
      epoch: epoch.number,
      genesis: null,
      in: null,
      sweep: null,
    }
    applyOutcome(fold, PARTITION, outcome)
    keys.add(keyRows)
    await this.keys.put(keys.rows)
    await settleKeys(this.keys, PARTITION, outcome)
    keys.erase(keysErased(outcome))
    this.#seq = seq
    const made = outcome.effects.filter((effect): effect is NewHandoff => effect.kind === 'handoff')
    const rows = made.flatMap(({ handoff }) => fold.handoff(handoff) ?? [])
    return { outcome, code: outcome.answer.code, rows }
  }

  /** The bytes in the log of a sealed hand-off. */
  async read(outcome: Outcome, handoff: HandoffId): Promise<ReadHandoff> {
    const effect = outcome.effects.find(
      (one) => (one.kind === 'handoff' || one.kind === 'state') && one.handoff === handoff && one.sealed,
    )
    const to = this.fold.handoff(handoff)?.to
    const sealed = effect && 'sealed' in effect ? effect.sealed : null
    if (!to || !sealed) throw new Error(`${handoff} is not sealed here`)
    return this.#open(handoff, sealed, to, outcome.at)
  }

  async #open(handoff: HandoffId, sealed: Uint8Array, to: EndpointUrn, at: number): Promise<ReadHandoff> {
    const transit = await this.keys.get(transitKeyId(at))
    if (!transit) throw new Error('no transit key')
    const key = [...SEALERS].find(([oin]) => to.includes(oin))?.[1]
    if (!key) throw new Error('no sealing key')
    const opened = openHandoff(openTransit(handoff, sealed, transit.bytes), key.privateKey)
    const certificate = this.epoch.certificates.get(opened.thumbprint)
    if (!certificate) throw new Error('no certificate')
    const { exchange, labelKeys } = this.epoch
    return verifyHandoff(opened, { to, exchange, labelKeys, certificate })
  }
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

export const partitionOfHandoff = (handoff: HandoffId): number => handoffPlace(handoff).partition

/** Signs header and payload again as this partner would: what a hostile sender can make of its own message. */
export function signAgain(short: string, header: object, payload: unknown): string {
  const pair = SIGNERS.get(urn(short).split(':')[3] ?? '')
  if (!pair) throw new Error(`no key of ${short}`)
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const input = `${encode(header)}.${encode(payload)}`
  return `${input}.${sign(null, Buffer.from(input), pair.privateKey).toString('base64url')}`
}

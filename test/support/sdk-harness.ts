import { generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createCa } from '#adapters/pki/create-ca.ts'
import type { PartnerIdentity } from '#adapters/pki/issue-identity.ts'
import { writeIdentity } from '#adapters/pki/write-identity.ts'
import { systemRandom } from '#adapters/random/system.ts'
import type { Certificate, ServiceKey } from '#core/decision/epoch.ts'
import {
  type EndpointUrn,
  type HandoffId,
  type MessageId,
  makeHandoffId,
  oinOf,
  type TypeName,
} from '#core/ids.ts'
import { readCa, readCertificate } from '#core/message/certificate.ts'
import type { LabelClaims, RecipientLabel } from '#core/message/content.ts'
import { decryptJwe, encryptJwe } from '#core/message/jwe.ts'
import { makeLabel, sdHashOf } from '#core/message/label.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import { type Connection, type ConnectOptions, connect } from '#sdk/connect.ts'
import { GatewayHarness } from './gateway-harness.ts'
import { handoffRow } from './handoff-row.ts'
import { OINS, urn } from './test-epoch.ts'

const TYPES = [
  'tip/ngo.forwarded.v1',
  'tip/feedback.v1',
  'acknowledged.v1',
  'approval/given.v1',
  'police/ngo.disclosure.v1',
].map((name) =>
  parseMessageType(readFileSync(new URL(`../../schemas/message/${name}.avsc`, import.meta.url), 'utf8')),
)

export interface Taken {
  readonly attributes: Readonly<Record<string, string>>
  readonly jwe: string
  readonly issuerJwt: string
  readonly payload: Readonly<Record<string, unknown>>
  /** Disclosures as they travelled, with name and value. */
  readonly disclosures: readonly {
    readonly encoded: string
    readonly name: string | null
    readonly value: unknown
  }[]
}

export interface Delivery {
  readonly to?: EndpointUrn
  readonly show?: readonly string[]
  readonly label?: Partial<RecipientLabel>
  readonly approval?: LabelClaims['approval']
  /** Damages the presentation after the label was made. */
  readonly tamper?: (parts: { presented: string; label: string }) => { presented: string; label: string }
  readonly claims?: Partial<LabelClaims>
  readonly labelKey?: KeyObject
  readonly ho?: string
  /** OIN whose sealing certificate is used instead of the recipient's. */
  readonly sealTo?: string
}

/** A real gateway, with a hand-made exchange behind it: it opens what partners seal, and hands off what a test wants. */
export class SdkHarness {
  readonly gateway = new GatewayHarness()
  readonly folder = mkdtempSync(join(tmpdir(), 'schakel-sdk-'))
  readonly identities = new Map<string, PartnerIdentity>()
  readonly label = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly intake = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly slept: number[] = []
  readonly #connections: Connection[] = []
  #count = 0

  async start(): Promise<void> {
    const { gateway } = this
    for (const oin of [OINS.ecpat, OINS.tbkk, OINS.ncb, OINS.ph]) {
      const identity = gateway.identity(oin)
      this.identities.set(oin, identity)
      gateway.artefacts.set(`pki/cert/${identity.sign.thumbprint}.pem`, Buffer.from(identity.sign.certPem))
      await writeIdentity(this.path(oin), identity)
    }
    this.publishEpoch()
    // Like the exchange: whatever the input, the answer is the one that its message id got.
    gateway.view.answerTo = (_partition, position) => {
      const { submitter, attributes } = gateway.inbound[position - 1]?.inbound ?? {}
      return gateway.view.message(submitter ?? '', attributes?.['id'] ?? '')
    }
    await gateway.start()
  }

  /** Sets the epoch as the gateway reads it; revocations of the inner harness make a new one, so call again after those. */
  publishEpoch(): void {
    const key = (kid: string, pair: { publicKey: KeyObject }): ServiceKey => ({
      kid,
      publicKey: pair.publicKey,
      jwk: pair.publicKey.export({ format: 'jwk' }) as Readonly<Record<string, string>>,
      from: this.gateway.now - 3_600_000,
      until: this.gateway.now + 3_600_000,
    })
    this.gateway.epoch = {
      ...this.gateway.epoch,
      types: new Map(TYPES.map((type) => [type.name, type])),
      intakeKeys: [key('intake-1', this.intake)],
      labelKeys: [key('label-1', this.label)],
    }
  }

  path(oin: string): string {
    return join(this.folder, oin)
  }

  async connect(oin: string, endpoint: string, more: Partial<ConnectOptions> = {}): Promise<Connection> {
    const clock = {
      now: () => this.gateway.now,
      sleep: async (ms: number) => {
        this.slept.push(ms)
      },
    }
    const options = { gateway: this.gateway.gateway.url, identity: this.path(oin), endpoint, clock, ...more }
    const connection = await connect(options)
    this.#connections.push(connection)
    return connection
  }

  /** What the gateway took, opened as the exchange would; -1 = the last. */
  taken(index = -1): Taken {
    const { inbound } = this.gateway.inbound.at(index) ?? {}
    if (!inbound) throw new Error('nothing was taken')
    const jwe = String(inbound.body)
    const parts = decryptJwe(jwe, this.intake.privateKey).plaintext.toString('utf8').split('~')
    const issuerJwt = parts[0] ?? ''
    const decode = (text: string) => JSON.parse(Buffer.from(text, 'base64url').toString('utf8'))
    const disclosures = parts.slice(1, -1).map((encoded) => {
      const value: unknown[] = decode(encoded)
      return { encoded, name: value.length === 3 ? String(value[1]) : null, value: value.at(-1) }
    })
    return {
      attributes: inbound.attributes,
      jwe,
      issuerJwt,
      payload: decode(issuerJwt.split('.')[1] ?? ''),
      disclosures,
    }
  }

  /** Answers the message as decided, with these hand-offs. */
  answer(
    id: string,
    submitter: string,
    handoffs: readonly HandoffId[] = [],
    code: string | null = null,
  ): void {
    this.#count += 1
    this.gateway.view.answer({
      submitter,
      outerId: id,
      partition: 3,
      seq: this.#count,
      at: this.gateway.now,
      answer: code === null ? 'decided' : 'refused',
      code,
      pointer: code === null ? null : '/data',
      handoffs,
    })
  }

  /** Waits until the gateway has taken input `index`, and answers it as decided. */
  async answerNext(index: number): Promise<void> {
    for (;;) {
      const entry = this.gateway.inbound[index]?.inbound
      if (entry) return this.answer(entry.attributes['id'] ?? '', entry.submitter ?? '')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Seals a hand-off of a taken message to a recipient and releases it to the inbox. */
  deliver(taken: Taken, delivery: Delivery = {}): { readonly handoff: HandoffId; readonly jwe: string } {
    this.#count += 1
    const handoff = makeHandoffId(3, this.#count, randomBytes(8))
    const to = delivery.to ?? urn(OINS.tbkk, 'zaken')
    const jwe = this.#seal(taken, handoff, to, delivery)
    const row = handoffRow({
      handoff,
      to,
      from: taken.payload['iss'] as EndpointUrn,
      message: taken.payload['jti'] as MessageId,
      released: true,
      releasedSeq: this.#count,
    })
    this.gateway.view.put(row, Buffer.from(jwe, 'latin1'))
    return { handoff, jwe }
  }

  #seal(taken: Taken, handoff: HandoffId, to: EndpointUrn, delivery: Delivery): string {
    const own = (value: unknown) => (value as { to?: string } | null)?.to === to
    const context = new Set([
      'occurredAt',
      'regime',
      'wpgClass',
      'fieldClass',
      'handling',
      'evaluation',
      'personCategory',
    ])
    for (const name of ['factOrOpinion', 'retainUntil']) context.add(name)
    const shown = taken.disclosures.filter(({ name, value }) =>
      name === null ? own(value) : context.has(name) || (delivery.show ?? []).includes(name),
    )
    const presented = `${[taken.issuerJwt, ...shown.map((one) => one.encoded)].join('~')}~`
    const claims: LabelClaims = {
      aud: to,
      nonce: handoff,
      iat: this.gateway.now,
      sdHash: sdHashOf(presented),
      obligations: ['secrecy'],
      label: {
        type: 'tip.ngo.forwarded' as TypeName,
        handling: 'AMBER',
        purposeLimit: ['intake'],
        noOnward: true,
        evaluation: null,
        retainUntil: null,
        ...delivery.label,
      },
      approval: delivery.approval ?? null,
      ...delivery.claims,
    }
    const key = { kid: 'label-1', key: delivery.labelKey ?? this.label.privateKey, sealKey: randomBytes(32) }
    const label = makeLabel(claims, { from: claims.aud, facts: {}, marks: [] }, key, systemRandom)
    const parts = delivery.tamper?.({ presented, label }) ?? { presented, label }
    const identity = this.identities.get(delivery.sealTo ?? oinOf(to))
    const { publicKey, kid } = readCertificate(identity?.seal.certPem ?? '', readCa(this.gateway.ca.certPem))
    const header = { typ: 'schakel-handoff', cty: 'schakel-message+sd-jwt', ho: delivery.ho ?? handoff }
    return encryptJwe(
      Buffer.from(`${parts.presented}${parts.label}`),
      { kid, publicKey },
      header,
      systemRandom,
    )
  }

  /** An identity of another authority, with the same number. */
  stranger(oin: string): PartnerIdentity {
    return this.gateway.identity(oin, createCa(this.gateway.pki))
  }

  signer(oin: string): Certificate {
    return readCertificate(this.identities.get(oin)?.sign.certPem ?? '', readCa(this.gateway.ca.certPem))
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.close()
    await this.gateway.gateway.close()
    rmSync(this.folder, { recursive: true, force: true })
  }
}

import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { systemRandom } from '#adapters/random/system.ts'
import { carriersOf } from '#core/decision/carriers.ts'
import type { Certificate, Endpoint, Epoch, MessageType, Partner, ServiceKey } from '#core/decision/epoch.ts'
import { Failure } from '#core/failure.ts'
import type { CaseRef, EndpointUrn, HandoffId, MessageId, Oin, TypeName, Vct } from '#core/ids.ts'
import { algorithmOf } from '#core/message/algorithms.ts'
import { checkData } from '#core/message/check-data.ts'
import { outerAttributes } from '#core/message/cloudevents.ts'
import type { LabelClaims, MessageContext, SealedFacts, ToExchange, Verified } from '#core/message/content.ts'
import { evidenceKids } from '#core/message/evidence-kids.ts'
import { type IssueInput, issueMessage } from '#core/message/issue-message.ts'
import { makeLabel } from '#core/message/label.ts'
import { openMessage, readEnvelope, reopenArchived } from '#core/message/open.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import { sealMessage } from '#core/message/seal-message.ts'
import { verifyContent } from '#core/message/verify.ts'
import { verifySignature } from '#core/message/verify-signature.ts'

export const NOW = Date.UTC(2026, 10, 24, 12)
export const random = systemRandom
export const EXCHANGE = 'urn:nld:oin:00000099000000000001:systeem:schakel' as EndpointUrn
export const ECPAT = 'urn:nld:oin:00000099000000001000:systeem:meldpunt' as EndpointUrn
export const TBKK = 'urn:nld:oin:00000099000000002000:systeem:zaken' as EndpointUrn
export const TBKK_MANDATE = 'urn:nld:oin:00000099000000002000:systeem:mandaat' as EndpointUrn
export const NCB = 'urn:nld:oin:00000099000000005000:systeem:ncb' as EndpointUrn
export const PH = 'urn:nld:oin:00000099000000007100:systeem:ncb' as EndpointUrn
export const SUSPENDED = 'urn:nld:oin:00000099000000008000:systeem:x' as EndpointUrn
export const CASE = '0123456789abcdef0123456789abcdef' as CaseRef
export const HANDOFF = 'ho-3-7-0011223344556677' as HandoffId
export const ALL_ALGORITHMS = ['Ed25519', 'ES256', 'ES384', 'PS256']

export const oinOfUrn = (urn: string): Oin => (urn.split(':')[3] ?? '') as Oin

export interface Pair {
  readonly publicKey: KeyObject
  readonly privateKey: KeyObject
}

export const KEYS = {
  ed25519: generateKeyPairSync('ed25519'),
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  rsa: generateKeyPairSync('rsa', { modulusLength: 3072 }),
  sealP256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  sealX25519: generateKeyPairSync('x25519'),
  label: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  otherLabel: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  intakeP256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  intakeX25519: generateKeyPairSync('x25519'),
} as const satisfies Record<string, Pair>

export const SEAL_KEYS: ReadonlyMap<string, Uint8Array> = new Map([
  ['label-1', Buffer.alloc(32, 7)],
  ['label-0', Buffer.alloc(32, 8)],
])
export const TRANSIT_KEY = Buffer.alloc(32, 9)

export function thumbprintOf(pair: Pair): string {
  return createHash('sha256')
    .update(pair.publicKey.export({ format: 'der', type: 'spki' }))
    .digest('base64url')
}

export function certificateFor(pair: Pair, oin: Oin, use: 'sign' | 'seal'): Certificate {
  const thumbprint = thumbprintOf(pair)
  return {
    thumbprint,
    kid: thumbprint,
    oin,
    use,
    publicKey: pair.publicKey,
    jwk: jwkOf(pair),
    notBefore: NOW - 86_400_000,
    notAfter: NOW + 86_400_000,
    serial: thumbprint.slice(0, 8),
  }
}

export const jwkOf = (pair: Pair): Readonly<Record<string, unknown>> =>
  pair.publicKey.export({ format: 'jwk' }) as Readonly<Record<string, unknown>>

const serviceKey = (kid: string, pair: Pair, from: number, until: number): ServiceKey => ({
  kid,
  publicKey: pair.publicKey,
  jwk: jwkOf(pair),
  from,
  until,
})

function messageType(path: string): MessageType {
  return parseMessageType(
    readFileSync(new URL(`../../schemas/message/${path}.v1.avsc`, import.meta.url), 'utf8'),
  )
}

export const TIP = messageType('tip/ngo.forwarded')
export const DISCLOSURE = messageType('police/ngo.disclosure')
export const ACKNOWLEDGED = messageType('acknowledged')

const endpoint = (urn: EndpointUrn, partner: string): Endpoint => ({
  urn,
  oin: oinOfUrn(urn),
  partner,
  name: urn.split(':')[5] ?? '',
  roles: [],
  task: null,
  regime: 'GDPR',
  delivery: { kind: 'inbox' },
})

function partner(id: string, urns: readonly EndpointUrn[], more: Partial<Partner> = {}): Partner {
  return {
    id,
    oin: oinOfUrn(urns[0] ?? ''),
    name: id,
    controller: id,
    country: 'NL',
    via: null,
    suspended: false,
    algorithms: ALL_ALGORITHMS,
    endpoints: urns.map((urn) => endpoint(urn, id)),
    ...more,
  }
}

const PARTNERS = [
  partner('ecpat', [ECPAT]),
  partner('tbkk', [TBKK, TBKK_MANDATE]),
  partner('ncb-nl', [NCB]),
  partner('ph-police', [PH], { via: 'ncb-nl' }),
  partner('gone', [SUSPENDED], { suspended: true }),
]

/** What opening and verifying read of an epoch. */
export function worldEpoch(more: Partial<Epoch> = {}): Epoch {
  const certificates = [
    certificateFor(KEYS.ed25519, oinOfUrn(ECPAT), 'sign'),
    certificateFor(KEYS.p256, oinOfUrn(ECPAT), 'sign'),
    certificateFor(KEYS.p384, oinOfUrn(ECPAT), 'sign'),
    certificateFor(KEYS.rsa, oinOfUrn(ECPAT), 'sign'),
    certificateFor(KEYS.sealP256, oinOfUrn(ECPAT), 'seal'),
  ]
  const partners = new Map(PARTNERS.map((one) => [one.oin, one]))
  const known = new Map(certificates.map((one) => [one.thumbprint, one]))
  return {
    number: 2,
    exchange: EXCHANGE,
    profile: { strict: false },
    partners,
    endpoints: new Map(PARTNERS.flatMap((one) => one.endpoints.map((each) => [each.urn, each]))),
    certificates: known,
    carriers: carriersOf(more.partners ?? partners, more.certificates ?? known),
    revoked: new Set(),
    intakeKeys: [
      serviceKey('intake-p256', KEYS.intakeP256, NOW - 3_600_000, NOW + 3_600_000),
      serviceKey('intake-x25519', KEYS.intakeX25519, NOW - 3_600_000, NOW + 3_600_000),
    ],
    labelKeys: [
      serviceKey('label-1', KEYS.label, NOW - 3_600_000, NOW + 3_600_000),
      serviceKey('label-0', KEYS.otherLabel, NOW - 90 * 86_400_000, NOW - 30 * 86_400_000),
    ],
    withdrawnLabels: new Set(),
    types: new Map([TIP, DISCLOSURE, ACKNOWLEDGED].map((type) => [type.name, type])),
    ...more,
  } as unknown as Epoch
}

export const CONTEXT: MessageContext = {
  occurredAt: NOW - 60_000,
  regime: 'GDPR',
  wpgClass: null,
  fieldClass: null,
  handling: 'AMBER+STRICT',
  evaluation: 'B2',
  personCategory: null,
  factOrOpinion: 'OPINION',
  retainUntil: NOW + 86_400_000,
}

export const TIP_DATA: Readonly<Record<string, unknown>> = {
  tipRef: 'T-1',
  facts: 'Synthetic facts for a test.',
  place: 'Pattaya',
  country: 'TH',
  observedAt: null,
  suspectDescription: null,
  ngoAssessment: 'plausible',
  contactPolicy: 'HOTLINE_ONLY',
  reporterHandle: 'r-1',
  reporterContact: null,
  childAtRisk: true,
}

export const ROWS_DATA: Readonly<Record<string, unknown>> = {
  suspectName: 'Synthetic Person',
  items: ['first row', 'second row', 'third row'],
  conditions: 'keep to yourself',
  victimName: null,
  source: 'synthetic source',
  decision: null,
}

const TO_EXCHANGE: ToExchange = {
  subject: CASE,
  inReplyTo: null,
  supersedes: null,
  evidence: [],
  origin: 'own',
  preparedBy: { actor: 'a.tester', role: 'analyst', automated: false },
  freeTextReviewed: null,
  reviewAt: null,
  withheldBySender: [],
}

export interface Draft {
  readonly visible?: Partial<IssueInput['visible']>
  readonly type?: MessageType
  readonly cnf?: Readonly<Record<string, unknown>>
  readonly terms?: IssueInput['terms']
  readonly toExchange?: Partial<ToExchange>
  readonly context?: Partial<MessageContext>
  readonly data?: Readonly<Record<string, unknown>>
  readonly signer?: Pair
}

export function issueInput(draft: Draft = {}): IssueInput {
  const type = draft.type ?? TIP
  const pair = draft.signer ?? KEYS.ed25519
  const terms = [{ to: TBKK, purpose: 'intake', basis: 'uavg-33', ground: 'none', validUntil: null }]
  return {
    visible: {
      iss: ECPAT,
      aud: EXCHANGE,
      jti: '11111111-2222-4333-8444-555555555555' as MessageId,
      iat: NOW,
      submitBy: NOW + 3_600_000,
      vct: type.vct as Vct,
      ...draft.visible,
    },
    type,
    cnf: draft.cnf ?? jwkOf(KEYS.label),
    terms: draft.terms ?? (type.toExchange ? [] : terms),
    toExchange: { ...TO_EXCHANGE, ...draft.toExchange },
    context: { ...CONTEXT, ...draft.context },
    data: draft.data ?? (type === DISCLOSURE ? ROWS_DATA : TIP_DATA),
    signer: { key: pair.privateKey, alg: algorithmOf(pair.privateKey), thumbprint: thumbprintOf(pair) },
  }
}

export const issue = (draft: Draft = {}): string => issueMessage(issueInput(draft), random)

export interface Door {
  readonly epoch?: Epoch
  readonly submitter?: string | null
  readonly receivedAt?: number
  readonly attributes?: Readonly<Record<string, string>> | null
  readonly sealKeys?: ReadonlyMap<string, Uint8Array>
}

/** What the gateway passes on for a message of `draft`. */
export function outerOf(draft: Draft = {}): Readonly<Record<string, string>> {
  const { visible, toExchange } = issueInput(draft)
  return { ...outerAttributes(visible, toExchange.subject) }
}

/** From SD-JWT to Verified, as the exchange does it. */
export function verifyMessage(sdJwt: string, door: Door = {}): Verified {
  const epoch = door.epoch ?? worldEpoch()
  const receivedAt = door.receivedAt ?? NOW
  const submitter = door.submitter === undefined ? oinOfUrn(ECPAT) : door.submitter
  const signed = verifySignature(reopenArchived(sdJwt), { epoch, receivedAt, submitter })
  const sealKeys = door.sealKeys ?? SEAL_KEYS
  const wanted = evidenceKids(signed)
  return verifyContent(signed, {
    epoch,
    receivedAt,
    attributes: door.attributes ?? null,
    sealKeys: new Map([...sealKeys].filter(([kid]) => wanted.includes(kid))),
    checkData,
  })
}

export function sealTo(sdJwt: string, which: 'P-256' | 'X25519' = 'P-256'): string {
  const [kid, pair] =
    which === 'P-256'
      ? (['intake-p256', KEYS.intakeP256] as const)
      : (['intake-x25519', KEYS.intakeX25519] as const)
  return sealMessage(sdJwt, { kid, publicKey: pair.publicKey }, random)
}

/** Through the intake seal, as received. */
export function receive(
  jwe: string,
  vct: string | undefined,
  epoch: Epoch = worldEpoch(),
  receivedAt = NOW,
): string {
  const envelope = readEnvelope(Buffer.from(jwe, 'latin1'), vct, epoch, receivedAt)
  const pair = envelope.kid === 'intake-x25519' ? KEYS.intakeX25519 : KEYS.intakeP256
  return openMessage(envelope, pair.privateKey).sdJwt
}

export const FACTS: SealedFacts = {
  from: TBKK,
  facts: { riskAssessment: { level: 'HIGH' } },
  marks: [
    { originator: '00000099000000002000', handling: 'AMBER', regimes: ['WPG'], classes: ['8'], limit: null },
  ],
}

export function labelClaims(more: Partial<LabelClaims> = {}): LabelClaims {
  return {
    aud: ECPAT,
    nonce: HANDOFF,
    iat: NOW - 60_000,
    sdHash: createHash('sha256').update('x').digest('base64url') as LabelClaims['sdHash'],
    obligations: ['secrecy'],
    label: {
      type: 'risk.assessment.completed' as TypeName,
      handling: 'AMBER',
      purposeLimit: ['prevent-offence'],
      noOnward: false,
      evaluation: 'B2',
      retainUntil: NOW + 86_400_000,
    },
    approval: null,
    ...more,
  }
}

const LABEL_SIGNER = { kid: 'label-1', key: KEYS.label.privateKey, sealKey: Buffer.alloc(32, 7) }

export const labelFor = (
  more: Partial<LabelClaims> = {},
  signer: Partial<typeof LABEL_SIGNER> = {},
): string => makeLabel(labelClaims(more), FACTS, { ...LABEL_SIGNER, ...signer }, random)

/** Code and pointer of the failure that `run` throws; `accepted` when it throws none. */
export function refusal(run: () => unknown): string {
  try {
    run()
  } catch (error) {
    if (error instanceof Failure) return error.code
    throw error
  }
  return 'accepted'
}

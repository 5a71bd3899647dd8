import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Question, Reason, Verdict, WithheldMember } from '#core/decision/verdict.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import type { EndpointUrn, HandoffId, TypeName } from '#core/ids.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { handoffRow } from './handoff-row.ts'
import { urn } from './test-epoch.ts'

export const NOON = Date.UTC(2026, 10, 24, 11)

const ECPAT = urn('00000099000000001000', 'meldpunt')
const TDH = urn('00000099000000001100', 'veldwerk')
const TBKK = urn('00000099000000002000', 'zaken')
const NCB = urn('00000099000000005000', 'ncb')
const KMAR = urn('00000099000000006000', 'politie')
const KMAR_VW = urn('00000099000000006000', 'vreemdelingen')
const PH = urn('00000099000000007100', 'ncb')
const TH = urn('00000099000000007200', 'ncb')

export const handoffId = (partition: number, seq: number, chance = 'ab'): HandoffId =>
  `ho-${partition}-${seq}-${chance.padStart(16, '0')}` as HandoffId

const reason = (code: string, rule: string, change: Partial<Reason> = {}): Reason => ({
  code,
  rule,
  article: null,
  verified: false,
  needs: null,
  tell: true,
  ...change,
})

const withheld = (member: string, code: string, rule = 'engine'): WithheldMember => ({
  member,
  reason: code,
  rule,
})

export function verdictOf(change: Partial<Verdict>): Verdict {
  return {
    kind: 'permit',
    reasons: [],
    basis: [],
    shown: [],
    withheld: [],
    obligations: [],
    ...change,
  }
}

export function questionOf(change: Partial<Question> & Pick<Question, 'type' | 'from' | 'to'>): Question {
  return {
    terms: { purpose: 'prevent-offence', basis: 'wpg-15', ground: 'none', validUntil: null },
    at: { decided: NOON, occurred: NOON - 3_600_000 },
    label: {
      handling: 'AMBER',
      regime: 'WPG',
      marks: [
        {
          originator: '00000099000000002000',
          handling: 'AMBER',
          regimes: ['WPG'],
          classes: ['8'],
          limit: null,
        },
      ],
    },
    facts: {},
    members: [],
    ...change,
  }
}

export function recordOf(handoff: HandoffId, change: Partial<DecisionRecord> = {}): DecisionRecord {
  return {
    trace_id: '0'.repeat(32),
    span_id: '0'.repeat(16),
    event_name: change.verdict ? 'adl.access_evaluation' : 'schakel.state_change',
    timestamp: NOON,
    handoff,
    state: 'sealed',
    cause: 'decided',
    question: null,
    verdict: null,
    versions: null,
    epoch: 1,
    message: null,
    sdHash: null,
    salt: 'A'.repeat(43),
    ...change,
  }
}

interface Step {
  readonly from: EndpointUrn
  readonly to: EndpointUrn
  readonly type: string
  readonly state: HandoffState
  readonly verdict: Verdict
  readonly terms?: Question['terms']
  readonly facts?: Question['facts']
  readonly later?: readonly Partial<DecisionRecord>[]
  readonly row?: Omit<Partial<HandoffRow>, 'handoff'>
}

const permitted = (rule: string, article: string, verified = true) => [{ rule, article, verified }]
const members = (verdict: Verdict) =>
  [...verdict.shown, ...verdict.withheld.map(({ member }) => member)].map((name) => ({
    name,
    category: name,
    wpgClass: '8',
    withheldBySender: false,
  }))

const FACTS = {
  automated: false,
  freeTextReviewed: true,
  evaluation: 'B2',
  criterion: 'PERSOON',
  riskAssessment: { level: 'HIGH', validUntil: NOON + 8_640_000_000 },
  country: { code: 'NL', led: 'MEMBER', deathPenalty: false },
  instrument: { state: 'lists', ids: ['politie-wpg'], profile: ['*'] },
  approved: [],
  flags: ['ngo-disclosure'],
} as const

const STEPS: readonly Step[] = [
  {
    from: ECPAT,
    to: TBKK,
    type: 'tip.ngo.forwarded',
    state: 'delivered',
    verdict: verdictOf({
      kind: 'permit-redacted',
      basis: permitted('tip-uavg-33', 'UAVG 33', false),
      shown: ['tipRef', 'facts', 'place', 'country', 'ngoAssessment', 'contactPolicy', 'childAtRisk'],
      withheld: [withheld('reporterContact', 'WITHHELD_BY_SENDER')],
      obligations: ['secrecy', 'purpose-limit'],
    }),
    terms: { purpose: 'intake', basis: 'uavg-33', ground: 'none', validUntil: null },
    facts: { contactPolicy: 'HOTLINE_ONLY', ...FACTS },
    later: [
      { state: 'released', cause: 'released', timestamp: NOON + 300 },
      { state: 'delivered', cause: 'acknowledged', timestamp: NOON + 900 },
    ],
    row: { released: true, releasedSeq: 2, deadline: null },
  },
  {
    from: TBKK,
    to: NCB,
    type: 'diffusion.green.requested',
    state: 'recalled',
    verdict: verdictOf({
      kind: 'hold',
      reasons: [
        reason('RISK_ASSESSMENT_MISSING', 'g10-missing', { needs: 'evidence:risk.assessment.completed' }),
        reason('APPROVAL_PENDING', 'g09-om-request', { needs: 'evidence:om.decision' }),
      ],
      basis: permitted('diffusion-request-15', 'Wpg 15(1)'),
      shown: ['identity', 'threat', 'grounds', 'riskLevel', 'validUntil', 'contact'],
      withheld: [withheld('victimName', 'SOURCE_PROTECTED', 'g20')],
    }),
    facts: FACTS,
    later: [{ state: 'recalled', cause: 'superseded', timestamp: NOON + 5_000 }],
    row: { deadline: null, sdHash: null },
  },
  {
    from: NCB,
    to: PH,
    type: 'diffusion.green.sent',
    state: 'sealed',
    verdict: verdictOf({
      basis: permitted('diffusion-17a', 'Wpg 17a(2)(b)'),
      shown: ['identity', 'document', 'threat', 'grounds', 'riskLevel', 'validUntil', 'contact'],
      obligations: ['secrecy', 'no-onward'],
    }),
    terms: { purpose: 'prevent-offence', basis: 'wpg-17a', ground: '2b', validUntil: NOON + 86_400_000 },
    facts: { ...FACTS, transfer: { until: NOON + 8_640_000_000 } },
  },
  {
    from: NCB,
    to: TH,
    type: 'diffusion.green.sent',
    state: 'held',
    verdict: verdictOf({
      kind: 'hold',
      reasons: [
        reason('NO_ADEQUACY_OR_SAFEGUARD', 'g08-2b', {
          article: 'Wpg 17a(2),(3)',
          verified: true,
          needs: 'register:transfers',
        }),
        reason('HUMAN_RIGHTS_RISK', 'g22', { needs: 'register:assurances', tell: false }),
      ],
      basis: permitted('diffusion-17a', 'Wpg 17a(2)(b)'),
      shown: ['identity', 'threat'],
    }),
    facts: FACTS,
    row: { sdHash: null },
  },
  {
    from: TBKK,
    to: KMAR,
    type: 'kmar.alert',
    state: 'expired',
    verdict: verdictOf({
      kind: 'permit-redacted',
      basis: permitted('kmar-alert-15', 'Wpg 15(1)'),
      shown: ['personRef', 'person', 'document', 'flight', 'action', 'groundCode', 'validUntil'],
      withheld: [
        withheld('caseSummary', 'FIELD_FORBIDDEN'),
        withheld('source', 'SOURCE_PROTECTED', 'g20'),
        withheld('riskReport', 'FIELD_FORBIDDEN'),
        withheld('windowFrom', 'FIELD_FORBIDDEN'),
      ],
      obligations: ['secrecy'],
    }),
    facts: FACTS,
    later: [{ state: 'expired', cause: 'deadline', timestamp: NOON + 700_000_000 }],
  },
  {
    from: TBKK,
    to: KMAR_VW,
    type: 'kmar.alert',
    state: 'refused',
    verdict: verdictOf({
      kind: 'deny',
      reasons: [reason('NO_LEGAL_BASIS', 'engine', { verified: true })],
      withheld: [withheld('personRef', 'NO_LEGAL_BASIS'), withheld('person', 'NO_LEGAL_BASIS')],
    }),
    facts: FACTS,
    row: { deadline: null, sdHash: null, sealedSeq: null },
  },
  {
    from: TBKK,
    to: TDH,
    type: 'police.ngo.disclosure',
    state: 'delivered',
    verdict: verdictOf({
      kind: 'permit-redacted',
      basis: permitted('disclosure-19', 'Wpg 19', false),
      shown: ['suspectName', 'items/0', 'items/1', 'conditions'],
      withheld: [withheld('decision', 'FIELD_FORBIDDEN')],
    }),
    facts: { ...FACTS, approved: ['wpg19-ovj', 'wpg19-controller'] },
    later: [
      { state: 'approval', cause: 'granted:wpg19-ovj', timestamp: NOON + 1_000 },
      { state: 'erased', cause: 'message', timestamp: NOON + 9_000 },
    ],
    row: { content: 'erased', released: true, deadline: null },
  },
]

/** One hand-off for every state, as the story leaves them; the last of them is erased. */
export function storyRows(): readonly { row: HandoffRow; records: readonly DecisionRecord[] }[] {
  return STEPS.map((step, index) => {
    const handoff = handoffId(3, index + 2)
    const { from, to, verdict } = step
    const at = NOON + index * 61_000
    const row = handoffRow({ handoff, from, to, type: step.type, state: step.state, at, ...step.row })
    const question = questionOf({
      type: step.type as TypeName,
      from,
      to,
      members: members(verdict),
      facts: step.facts ?? {},
      ...(step.terms ? { terms: step.terms } : {}),
    })
    const first = recordOf(handoff, {
      timestamp: at,
      state: verdict.kind === 'hold' ? 'held' : verdict.kind === 'deny' ? 'refused' : 'sealed',
      question,
      verdict,
      message: 'B'.repeat(43),
      versions: { rules: 'r'.repeat(43), registers: 's', agreements: 't', schemas: 'u', engine: 'v' },
    })
    return { row, records: [first, ...(step.later ?? []).map((change) => recordOf(handoff, change))] }
  })
}

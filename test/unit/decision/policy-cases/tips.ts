import type { Epoch } from '#core/decision/epoch.ts'
import type { Question } from '#core/decision/verdict.ts'
import { NOW, urn } from '../../../support/verified-message.ts'
import { asking, type PolicyCases, sentBy, sentTo, withFacts, withLabel, withTerms } from './vary.ts'

/** Rules of story S1: tips, cases, liaison officers, material without persons. */
export function tipCases(epoch: Epoch): PolicyCases {
  const field = asking(epoch, 'S1', '6')
  const passed = asking(epoch, 'S1', '6b')
  const note = asking(epoch, 'S1', '7')
  const notePassed = asking(epoch, 'S1', '7b')
  const registered = asking(epoch, 'S1', '3')
  const weighed = asking(epoch, 'S1', '8')
  const submitted = asking(epoch, 'S1', '9')
  const risk = asking(epoch, 'S1', '11')
  const riskOm = asking(epoch, 'T-risk', '3')
  const assessed = sentTo(asking(epoch, 'S1', '11b'), 'om-lp/parket')
  const decision = asking(epoch, 'T-risk', '5')
  const handover = asking(epoch, 'S1', '14')
  const result = withTerms(sentTo(asking(epoch, 'S1', '18'), 'om-lp/parket'), { basis: 'wpg-16' })
  const report = asking(epoch, 'S1', '19')
  const question = asking(epoch, 'T-question-19', '1')
  const lessons = asking(epoch, 'T-no-persons', '1')
  const abroad = asking(epoch, 'T-no-persons', '3')
  const police = asking(epoch, 'T-no-persons', '4')
  const hotline = asking(epoch, 'S1', '22')
  const toOm: Question = {
    ...handover,
    type: 'approval.requested' as Question['type'],
    to: urn('om-lp/parket'),
    terms: { purpose: 'approval', basis: 'wpg-16', ground: 'none', validUntil: null },
  }
  return {
    'field-tip-liaison': [field, sentBy(field, 'ecpat/meldpunt')],
    'field-tip-tbkk': [sentTo(field, 'tbkk/zaken'), sentTo(field, 'tbkk/mandaat')],
    'field-tip-passed': [passed, sentTo(passed, 'le/weging')],
    'official-note': [note, withTerms(note, { basis: 'uavg-33' })],
    'official-note-passed': [notePassed, sentTo(notePassed, 'om-lp/parket')],
    'case-registered': [registered, sentTo(registered, 'kmar/politie')],
    'case-weighed': [weighed, sentBy(weighed, 'tbkk/zaken')],
    'case-om-submitted': [submitted, sentTo(submitted, 'recl/toezicht')],
    'risk-asked': [risk, withTerms(risk, { basis: 'wpg-15' })],
    'risk-asked-om': [riskOm, sentBy(riskOm, 'tbkk/zaken')],
    'risk-assessed-om': [assessed, withTerms(assessed, { purpose: 'prosecution' })],
    'om-decision-kmar': [decision, sentTo(decision, 'kmar/vreemdelingen')],
    'alert-result-om': [result, sentBy(result, 'kmar/vreemdelingen')],
    'liaison-reported': [report, sentTo(report, 'ncb-nl/ncb')],
    'handover-17a': [handover, sentTo(handover, 'ph-police/ncb')],
    'approval-asked-om-liaison': [toOm, sentTo(toOm, 'tbkk/mandaat')],
    'tip-question-19': [question, withTerms(question, { basis: 'wpg-20' })],
    'knowledge-field': [lessons, withLabel(lessons, { handling: 'AMBER' })],
    'knowledge-abroad': [abroad, sentTo(abroad, 'ph-police/onderzoek')],
    'awareness-police': [police, withLabel(police, { regime: 'WPG' })],
    'awareness-hotline': [hotline, sentTo(hotline, 'tdh/veldwerk')],
    ...guards({ field, registered, submitted, handover, lessons, report }),
  }
}

type Bases = Readonly<
  Record<'field' | 'registered' | 'submitted' | 'handover' | 'lessons' | 'report', Question>
>

function guards({ field, registered, submitted, handover, lessons, report }: Bases): PolicyCases {
  const class9 = withFacts(registered, { classes: ['9'], purposeDue: NOW })
  const abroad = withFacts(handover, { originState: 'DE' })
  const danger = withTerms(handover, { ground: '3c' })
  return {
    'g02-purpose-unrecorded': [class9, withFacts(class9, { purposeDue: NOW + 1 })],
    'g07-member-state': [abroad, withFacts(abroad, { originConsent: 'DE-TEST-7' })],
    'g08-danger': [danger, withFacts(danger, { childAtRisk: true })],
    'g09-handover-ovj': [
      withFacts(handover, { classes: ['10.1a'] }),
      withFacts(handover, { classes: ['10.1a'], approved: ['handover-ovj'] }),
    ],
    'g09-handover-ovj-competent': [withFacts(handover, { notCompetent: ['handover-ovj'] }), handover],
    'g09-handover-ovj-refused': [withFacts(handover, { refused: ['handover-ovj'] }), handover],
    'g12-free-use': [
      withFacts(submitted, { freeUseUntil: NOW }),
      withFacts(submitted, { freeUseUntil: NOW, retrieval: 'COMPARISON' }),
    ],
    'g12-class-8-over': [
      withFacts(submitted, { removedFrom: NOW }),
      withFacts(submitted, { removedFrom: NOW + 1 }),
    ],
    'g14-persons': [withFacts(lessons, { personRows: 1 }), lessons],
    'g15-child': [field, withFacts(field, { childAtRisk: true })],
    'g19-intake-graded': [withFacts(field, { evaluation: 'C3' }), withFacts(field, { evaluation: 'X4' })],
    'g19-unknown': [withFacts(report, { grading: null }), report],
  }
}

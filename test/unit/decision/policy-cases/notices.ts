import type { Epoch } from '#core/decision/epoch.ts'
import type { Question } from '#core/decision/verdict.ts'
import { NOW, urn } from '../../../support/verified-message.ts'
import { asking, type PolicyCases, sentBy, sentTo, withFacts, withTerms } from './vary.ts'

/** Rules of story S2: list, notices, periodic check, leads, rectification. */
export function noticeCases(epoch: Epoch): PolicyCases {
  const s2 = (step: string) => asking(epoch, 'S2', step)
  const [listed, removed, requested, submitted] = [s2('1'), s2('12'), s2('4b'), s2('4c')]
  const [published, passed, asked, answered] = [s2('5'), s2('8e'), s2('9a'), s2('9d')]
  const [routed, rectified, withdrawn] = [s2('10a'), s2('11b'), s2('11d')]
  const toOm = withTerms(sentTo(removed, 'om-lp/parket'), { basis: 'wpg-16' })
  const byNcb = sentBy(routed, 'ncb-nl/ncb')
  const byOm = withTerms(sentTo(sentBy(listed, 'om-lp/parket'), 'tbkk/zaken'), { basis: 'wjsg-39e' })
  const review: Question = {
    ...passed,
    type: 'approval.requested' as Question['type'],
    to: urn('ncb-nl/toets'),
    terms: { purpose: 'approval', basis: 'wpg-15', ground: 'none', validUntil: null },
  }
  return {
    'lead-routed': [routed, withFacts(routed, { areaOpen: false })],
    'lead-routed-ncb': [byNcb, sentTo(byNcb, 'tbkk/zaken')],
    'g05-area-unmapped': [withFacts(routed, { areaMapped: false }), routed],
    'subject-listed': [listed, sentTo(listed, 'kmar/politie')],
    'subject-listed-om': [
      withTerms(sentTo(listed, 'om-lp/parket'), { basis: 'wpg-16' }),
      sentTo(listed, 'om-lp/parket'),
    ],
    'subject-listed-by-om': [byOm, withTerms(byOm, { purpose: 'prosecution' })],
    'subject-removed-tbkk': [removed, sentBy(removed, 'tbkk/zaken')],
    'subject-removed-kmar': [sentTo(removed, 'kmar/politie'), sentTo(removed, 'kmar/vreemdelingen')],
    'subject-removed-om': [toOm, withTerms(toOm, { basis: 'wpg-15' })],
    'notice-requested': [requested, sentTo(requested, 'kmar/politie')],
    'notice-submitted': [submitted, sentTo(submitted, 'ph-police/ncb')],
    'notice-published': [published, sentTo(published, 'tbkk/zaken')],
    'notice-published-kmar': [sentTo(published, 'kmar/politie'), sentTo(published, 'kmar/vreemdelingen')],
    'notice-received': [
      sentBy(s2('8a'), 'interpol/gs'),
      withTerms(sentBy(s2('8a'), 'interpol/gs'), { basis: 'wpg-15' }),
    ],
    'diffusion-received': [s2('8a'), sentTo(s2('8a'), 'tbkk/zaken')],
    'notice-passed-tbkk': [passed, sentTo(passed, 'filo-bkk/post')],
    'notice-passed-kmar': [sentTo(passed, 'kmar/politie'), sentTo(passed, 'kmar/vreemdelingen')],
    'check-requested': [asked, sentBy(asked, 'le/weging')],
    'check-submitted': [s2('9b'), sentTo(s2('9b'), 'ph-police/ncb')],
    'check-answered-interpol': [s2('9c'), sentTo(s2('9c'), 'tbkk/zaken')],
    'check-answered': [answered, sentTo(answered, 'kmar/politie')],
    'approval-asked-ncb': [review, sentTo(review, 'ncb-nl/ncb')],
    'rectified-kmar': [rectified, sentTo(rectified, 'kmar/vreemdelingen')],
    'rectified-ncb': [s2('11c'), withTerms(s2('11c'), { basis: 'wpg-15' })],
    'rectified-liaison': [sentTo(rectified, 'filo-bkk/post'), sentTo(rectified, 'tdh/veldwerk')],
    'rectified-interpol': [withdrawn, sentBy(withdrawn, 'tbkk/zaken')],
    'rectified-foreign-ncb': [sentTo(withdrawn, 'ph-police/ncb'), sentTo(withdrawn, 'ph-police/onderzoek')],
    'rectified-by-om': [s2('11a'), sentTo(s2('11a'), 'kmar/politie')],
    ...guards({ requested, submitted, published, passed, asked }),
  }
}

type Bases = Readonly<Record<'requested' | 'submitted' | 'published' | 'passed' | 'asked', Question>>

const concurred = (covers: string, validUntil: number) => ({
  omConcurrence: { decision: 'ALERT', covers: [covers], validUntil },
})

function guards({ requested, submitted, published, passed, asked }: Bases): PolicyCases {
  const border = sentTo(passed, 'kmar/politie')
  const german = withFacts(submitted, { memberStates: ['00000099000000007400'] })
  const flagged = withFacts(passed, { art3: 'MILITARY' })
  const reviewed = (reviewAt: number, reviewLatest: number) => ({ reviewAt, reviewLatest })
  return {
    'g02-article-of-its-time': [withFacts(requested, { offenceInForce: false }), requested],
    'g04-green-advisory': [withFacts(published, { actionWanted: 'ARREST' }), published],
    'g04-notice-border': [withFacts(border, { noticeKind: { border: false } }), border],
    'g07-member-states': [german, withTerms(german, { ground: '3c' })],
    'g09-om-notice-request': [
      withFacts(requested, concurred('notice.green.requested', NOW)),
      withFacts(requested, concurred('notice.green.requested', NOW + 1)),
    ],
    'g09-om-notice-submitted': [
      withFacts(submitted, concurred('notice.green.requested', NOW + 1)),
      withFacts(submitted, concurred('notice.green.submitted', NOW + 1)),
    ],
    'g11-green-criterion': [
      withFacts(requested, { convictions: 0, greenCriterion: { convictions: 1 } }),
      withFacts(requested, { convictions: 1, greenCriterion: { convictions: 1 } }),
    ],
    'g11-identifiers': [withFacts(submitted, { identifiable: false }), submitted],
    'g12-review': [
      withFacts(requested, reviewed(NOW + 2, NOW + 2)),
      withFacts(requested, reviewed(NOW + 1, NOW + 2)),
    ],
    'g12-check-period': [withFacts(asked, { queryUntil: NOW }), withFacts(asked, { queryUntil: NOW + 1 })],
    'g17-art3': [flagged, withFacts(flagged, { approved: ['interpol-art3'] })],
    'g17-art3-competent': [withFacts(flagged, { notCompetent: ['interpol-art3'] }), flagged],
    'g17-art3-refused': [withFacts(flagged, { refused: ['interpol-art3'] }), flagged],
  }
}

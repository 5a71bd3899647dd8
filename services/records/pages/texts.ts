import type { Profile } from '../person.ts'
import type { Fault } from '../read-fields.ts'
import type { REPLY_OUTCOMES } from '../read-reply.ts'
import type { Outcome } from '../vog-file.ts'

/** All words of these pages. */
export interface RecordsTexts {
  readonly product: string
  readonly tagline: string
  readonly menu: Readonly<Record<'certificate' | 'counter' | 'vog' | 'justid', string>>
  readonly footer: string
  readonly faults: Readonly<Record<Fault, string>>
  readonly wrongTitle: string
  readonly actor: {
    readonly back: string
    readonly send: string
    readonly number: string
    readonly state: string
  }
  /** Of what the exchange did not let go. */
  readonly notOut: { readonly title: string; readonly text: string }
  readonly sent: Readonly<
    Record<'permit' | 'permit-redacted' | 'hold' | 'deny' | 'refused' | 'unanswered', string>
  >
  readonly person: Readonly<
    Record<
      | 'title'
      | 'surname'
      | 'givenNames'
      | 'birthDate'
      | 'birthPlace'
      | 'birthCountry'
      | 'formerNames'
      | 'nationalities',
      string
    >
  >
  readonly countryHint: string
  readonly nationalitiesHint: string
  readonly profiles: Readonly<Record<Profile, string>>
  readonly profile: string
  readonly outcomes: Readonly<Record<Outcome, string>>
  readonly certificate: {
    readonly title: string
    readonly intro: string
    readonly number: string
    readonly code: string
    readonly ask: string
    readonly yes: string
    readonly no: string
    readonly noMeans: string
  }
  readonly counter: {
    readonly title: string
    readonly intro: string
    readonly take: string
    readonly none: string
    readonly caption: string
    readonly pending: string
    readonly newTitle: string
    readonly newIntro: string
    readonly work: string
    readonly position: string
    readonly risk: string
    readonly riskHint: string
    readonly consentTitle: string
    readonly consent: string
    readonly consentHint: string
    readonly consentYes: string
    readonly consentNo: string
    readonly submit: string
    readonly takenTitle: string
    readonly takenText: string
    readonly code: string
    readonly codeOnce: string
    readonly notTaken: string
    readonly consentNow: Readonly<Record<'given' | 'none' | 'withdrawn', string>>
    readonly withdraw: string
    readonly give: string
    readonly changeText: string
    readonly announced: string
    readonly viewsUntil: string
    readonly grounds: string
    readonly giveToApplicant: string
    readonly decided: string
  }
  readonly vog: {
    readonly title: string
    readonly intro: string
    readonly none: string
    readonly caption: string
    readonly person: string
    readonly terms: string
    readonly questions: string
    readonly questionsCaption: string
    readonly noQuestions: string
    readonly kinds: {
      readonly jd: string
      readonly ecris: (country: string) => string
      readonly tcn: string
      readonly uk: string
    }
    readonly asked: string
    readonly open: string
    readonly notAbroad: Readonly<Record<'profile' | 'no-consent' | 'consent-withdrawn', string>>
    readonly livedInUk: string
    readonly ask: string
    readonly answers: string
    readonly noAnswers: string
    readonly extract: string
    readonly reply: (country: string) => string
    readonly hit: string
    readonly states: string
    readonly emptyExtract: string
    readonly received: string
    readonly receivedHeading: string
    readonly nonEu: string
    readonly identityWanted: string
    readonly supplyTitle: string
    readonly supply: string
    readonly decide: string
    readonly refuseFirst: string
    readonly grounds: string
    readonly groundsHint: string
    readonly viewsUntil: string
    readonly announce: string
    readonly announced: (day: string) => string
    readonly outcome: string
    readonly decided: string
    readonly destroyed: string
    readonly notDestroyed: string
    readonly quarantine: string
    readonly quarantineIntro: string
    readonly quarantineNone: string
    readonly quarantineCaption: string
    readonly offeredBy: string
    readonly otherWay: string
    readonly what: string
    readonly noteTitle: string
    readonly noteIntro: string
    readonly country: string
    readonly note: string
  }
  readonly convictions: Readonly<
    Record<
      | 'caption'
      | 'ref'
      | 'court'
      | 'date'
      | 'offences'
      | 'sanctions'
      | 'none'
      | 'limits'
      | 'unknown'
      | 'unverified'
      | 'category',
      string
    >
  >
  readonly records: Readonly<Record<'caption' | 'ref' | 'origin' | 'date' | 'article' | 'disposal', string>>
  readonly origins: Readonly<Record<string, string>>
  readonly duties: {
    readonly caption: string
    readonly duty: string
    readonly due: string
    readonly article: string
    readonly none: string
    readonly stands: (what: string) => string
    readonly reminded: string
    readonly states: Readonly<
      Record<'open' | 'awaiting' | 'missed' | 'met' | 'late' | 'ended' | 'withdrawn', string>
    >
    readonly names: Readonly<Record<string, string>>
  }
  readonly justid: {
    readonly title: string
    readonly intro: string
    readonly abroad: string
    readonly abroadCaption: string
    readonly noneAbroad: string
    readonly body: string
    readonly waits: string
    readonly answerLink: (number: string) => string
    readonly waiting: string
    readonly waitingNone: string
    readonly register: string
    readonly registerNone: string
    readonly answerTitle: (number: string) => string
    readonly answerIntro: string
    readonly outcome: string
    readonly outcomes: Readonly<Record<(typeof REPLY_OUTCOMES)[number] | 'HIT', string>>
    readonly conviction: string
    readonly convictionHint: string
    readonly ref: string
    readonly court: string
    readonly convictedOn: string
    readonly finalOn: string
    readonly offences: string
    readonly offencesHint: string
    readonly sanctions: string
    readonly limits: string
    readonly identityWanted: string
    readonly identityHint: string
    readonly memberStates: string
    readonly memberStatesHint: string
    readonly send: string
    readonly found: string
    readonly foundNone: string
    readonly give: string
    readonly giveHint: string
    readonly other: string
  }
}

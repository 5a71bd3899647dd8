import type { DecisionRecord, Versions } from '#core/decision/decision-record.ts'
import type { FactDeclaration } from '#core/decision/epoch.ts'
import type { VerdictKind } from '#core/decision/verdict.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import type { Language } from '#core/language.ts'
import type { SiteWords } from '#web/site.ts'
import type { DeskTexts } from './texts-desks.ts'
import { TEXTS_EN } from './texts-en.ts'
import { TEXTS_NL } from './texts-nl.ts'

export type PageName = 'handoffs' | 'replay' | 'operator' | 'ledger' | 'matrix' | 'about'

/** Every text of the pages; one object per language, so that neither can lack what the other has. */
export interface Texts extends SiteWords {
  readonly pages: Readonly<Record<PageName, string>>
  readonly desks: DeskTexts
  readonly states: Readonly<Record<HandoffState, string>>
  readonly stateMeanings: Readonly<Record<HandoffState, string>>
  readonly verdicts: Readonly<Record<VerdictKind, string>>
  readonly verdictMeanings: Readonly<Record<VerdictKind, string>>
  readonly noVerdict: string
  readonly ofHandoff: string
  readonly list: {
    readonly title: string
    readonly intro: string
    readonly counts: string
    readonly leaves: string
    readonly total: string
    readonly filter: string
    readonly state: string
    readonly verdict: string
    readonly partner: string
    readonly any: string
    readonly apply: string
    readonly clear: string
    readonly caption: (shown: number) => string
    readonly region: string
    readonly time: string
    readonly route: string
    readonly from: string
    readonly to: string
    readonly type: string
    readonly rule: string
    readonly withheld: string
    readonly details: (type: string, id: string) => string
    readonly nothing: string
    readonly more: (count: number) => string
    readonly empty: string
    readonly emptyFiltered: string
    readonly scanned: (count: number) => string
    readonly pager: string
    readonly older: string
    readonly newest: string
    readonly erased: string
    readonly unread: string
  }
  readonly live: {
    readonly label: string
    readonly on: string
    readonly paused: string
    readonly lost: string
    readonly pause: string
    readonly resume: string
    readonly fresh: { readonly one: string; readonly other: string }
    readonly changed: string
  }
  readonly handoff: {
    readonly back: string
    readonly summary: string
    readonly id: string
    readonly message: string
    readonly from: string
    readonly to: string
    readonly type: string
    readonly made: string
    readonly deadline: string
    readonly duties: string
    readonly dutiesCaption: string
    readonly duty: string
    readonly dutyOwner: string
    readonly dutyOfExchange: string
    readonly dutyDue: string
    readonly dutiesMet: string
    readonly state: string
    readonly verdict: string
    readonly content: string
    readonly present: string
    readonly erased: string
    readonly released: string
    readonly asks: string
    readonly asksGuard: (guard: string) => string
    readonly yes: string
    readonly no: string
    readonly erasedNote: string
    readonly noRecord: string
    readonly epochNote: (then: number, now: number) => string
    readonly epochGone: (then: number, now: number) => string
    readonly why: string
    readonly basis: string
    readonly noBasis: string
    readonly reasons: string
    readonly reasonsCaption: string
    readonly noReasons: string
    readonly code: string
    readonly reason: string
    readonly article: string
    readonly source: string
    readonly rule: string
    readonly verified: string
    readonly cure: string
    readonly needs: (needs: string) => string
    readonly needKinds: Readonly<Record<string, string>>
    readonly hidden: string
    readonly verifiedYes: string
    readonly verifiedNo: string
    readonly question: string
    readonly questionIntro: string
    readonly terms: string
    readonly purpose: string
    readonly ground: string
    readonly claimedBasis: string
    readonly validUntil: string
    readonly unlimited: string
    readonly decidedAt: string
    readonly occurredAt: string
    readonly regime: string
    readonly handling: string
    readonly originators: string
    readonly facts: string
    readonly factsCaption: string
    readonly fact: string
    readonly value: string
    readonly origin: string
    readonly origins: Readonly<Record<FactDeclaration['origin'], string>>
    readonly known: string
    readonly noFacts: string
    readonly members: string
    readonly membersCaption: string
    readonly member: string
    readonly category: string
    readonly wpgClass: string
    readonly fate: string
    readonly shown: string
    readonly wouldShow: string
    readonly withheld: string
    readonly denied: string
    readonly because: string
    readonly obligations: string
    readonly noObligations: string
    readonly history: string
    readonly historyCaption: string
    readonly when: string
    readonly event: string
    readonly cause: string
    readonly rules: string
    readonly proof: string
    readonly digest: string
    readonly sdHash: string
    readonly label: string
    readonly labelled: string
    readonly notLabelled: string
    readonly leaves: string
    readonly leafIndex: string
    readonly leafHash: string
    readonly leafSize: string
    readonly download: string
    readonly downloadNote: string
    readonly noProof: string
    readonly verify: string
    readonly verifyLabel: string
    readonly vkeyPlaceholder: string
    readonly versions: string
    readonly versionNames: Readonly<Record<keyof Versions, string>>
  }
  readonly events: Readonly<Record<Exclude<DecisionRecord['state'], HandoffState>, string>>
  readonly causes: Readonly<Record<string, string>>
  readonly causeKinds: Readonly<Record<string, (guard: string) => string>>
  readonly ledger: {
    readonly title: string
    readonly intro: string
    readonly head: string
    readonly none: string
    readonly origin: string
    readonly size: string
    readonly root: string
    readonly time: string
    readonly unknownTime: string
    readonly publications: string
    readonly publicationsIntro: string
    readonly noGateway: string
    readonly checkpoint: string
    readonly vkey: string
    readonly commands: string
    readonly audit: string
    readonly fsck: string
    readonly replay: string
  }
  readonly matrix: {
    readonly title: string
    readonly intro: string
    readonly legend: string
    readonly region: string
    readonly missing: string
    readonly other: string
    readonly type: string
    readonly route: string
    readonly permits: string
    readonly shown: string
    readonly classes: string
    readonly instruments: string
    readonly unlisted: string
    readonly duties: string
    readonly guards: string
    readonly caption: (rows: number) => string
    readonly flag: string
    readonly asHeld: string
    readonly kinds: Readonly<Record<string, string>>
    readonly sets: Readonly<Record<string, string>>
  }
  readonly about: {
    readonly title: string
    readonly what: string
    readonly whatText: string
    readonly privacyText: string
    readonly verdicts: string
    readonly states: string
    readonly marks: string
    readonly dagger: string
    readonly term: string
    readonly meaning: string
    readonly profile: string
    readonly strict: string
    readonly development: string
    readonly keyboard: string
    readonly keyboardText: string
  }
  readonly footer: {
    readonly dagger: string
    readonly epoch: (epoch: number) => string
    readonly strict: string
    readonly development: string
    readonly names: string
  }
}

export const TEXTS: Readonly<Record<Language, Texts>> = { nl: TEXTS_NL, en: TEXTS_EN }

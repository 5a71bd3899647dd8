import type { Language } from '#core/language.ts'
import { DESKS_EN } from './texts-en-desks.ts'
import { DESKS_NL } from './texts-nl-desks.ts'

/** Texts of signing in, of the operator's desk and of the auditor's replay. */
export interface DeskTexts {
  readonly operator: {
    readonly title: string
    readonly intro: string
    readonly asOf: string
    readonly countedSince: string
    readonly health: string
    readonly services: string
    readonly service: string
    readonly state: string
    readonly note: string
    readonly ready: string
    readonly notReady: string
    readonly noServices: string
    readonly leaves: string
    readonly leavesBehind: string
    readonly checkpointAge: string
    readonly never: string
    readonly seconds: (count: number) => string
    readonly newestEpoch: string
    readonly expired: string
    readonly charts: string
    readonly verdictsCaption: string
    readonly verdictsWord: string
    readonly reasonsCaption: string
    readonly deadlinesCaption: string
    readonly hour: string
    readonly day: string
    readonly numbers: string
    readonly parked: string
    readonly parkedHow: string
    readonly parkedCaption: (count: number) => string
    readonly noParked: string
    readonly place: string
    readonly code: string
    readonly since: string
    readonly again: string
    readonly partitionsTitle: string
    readonly partitions: string
    readonly partition: string
    readonly head: string
    readonly waiting: string
    readonly epoch: string
    readonly behind: string
    readonly voids: string
  }
  readonly replay: {
    readonly title: string
    readonly intro: string
    readonly from: string
    readonly until: string
    readonly type: string
    readonly start: string
    readonly startProposed: string
    readonly propose: string
    readonly proposeIntro: string
    readonly ruleText: (file: string) => string
    readonly ruleHint: string
    readonly result: string
    readonly none: string
    readonly running: (count: number) => string
    readonly stop: string
    readonly stopped: string
    readonly look: string
    readonly total: string
    readonly rederived: string
    readonly reasoned: string
    readonly attested: string
    readonly differs: string
    readonly same: string
    readonly notSame: string
    readonly differing: string
    readonly handoff: string
    readonly what: string
    readonly was: string
    readonly would: string
    readonly how: string
    readonly flips: (count: number) => string
    readonly noFlips: string
    readonly elsewhere: string
  }
  readonly search: {
    readonly id: string
    readonly idHint: string
    readonly type: string
    readonly reason: string
    readonly from: string
    readonly until: string
    readonly more: string
  }
}

export const DESKS: Readonly<Record<Language, DeskTexts>> = { nl: DESKS_NL, en: DESKS_EN }

import type { Epoch } from '#core/decision/epoch.ts'
import type { EndpointUrn } from '#core/ids.ts'
import type { Language } from '#core/language.ts'
import type { DutyRow, DutyState } from '#core/ports/fold.ts'
import { ruleOf } from './duty-book.ts'

const STATES: Readonly<Record<Language, Readonly<Record<DutyState, string>>>> = {
  nl: {
    open: 'loopt',
    awaiting: 'staat stil',
    missed: 'te laat',
    met: 'op tijd',
    late: 'te laat gedaan',
    ended: 'voorbij',
    withdrawn: 'vervallen',
  },
  en: {
    open: 'running',
    awaiting: 'stands still',
    missed: 'missed',
    met: 'met',
    late: 'met late',
    ended: 'over',
    withdrawn: 'withdrawn',
  },
}

const AWAITS: Readonly<Record<Language, string>> = { nl: 'wacht op', en: 'awaits' }

export const dutyStateWord = (
  { state, awaits }: Pick<DutyRow, 'state' | 'awaits'>,
  lang: Language,
): string => (awaits === null ? STATES[lang][state] : `${STATES[lang][state]}: ${AWAITS[lang]} ${awaits}`)

export interface DutyWords {
  /** What must be done; the duty's name when no row says it any more. */
  readonly text: string
  /** † behind what nobody verified; null when no row says it any more. */
  readonly article: string | null
}

export function dutyWords(row: DutyRow, epoch: Epoch, lang: Language): DutyWords {
  const rule = ruleOf(epoch, row.duty, row.startedAt)
  if (!rule) return { text: row.duty, article: null }
  return { text: rule[lang], article: `${rule.article}${rule.verified ? '' : ' †'}` }
}

/** The endpoint whose duty it is; null: the exchange's own. */
export function dutyOwner({ owner, from, to }: DutyRow): EndpointUrn | null {
  switch (owner) {
    case 'sender':
      return from
    case 'recipient':
      return to
    case 'exchange':
      return null
  }
}

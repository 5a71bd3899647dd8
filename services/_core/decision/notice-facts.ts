/** Facts about green notices, the list of subjects and the periodic check with INTERPOL (domain §3 S2, §4.2, §4.5). */
import { AMSTERDAM, civilDay, dateOf } from '#core/duty/calendar.ts'
import { monthsAfter } from './civil-months.ts'
import { amsterdamMidnight } from './control-date.ts'
import { instantAt, textAt } from './data-path.ts'
import type { RegisterRow } from './epoch.ts'
import type { FactFunction, FactInput } from './fact-functions.ts'
import { consents } from './originator-consent.ts'
import { counts, registerRow } from './register-row.ts'

/** End, exclusive, of the term that `type-terms` gives this type, counted from the day of `from`. */
function termOf({ type, epoch, at }: FactInput, term: string, from: number): number | undefined {
  const row = registerRow(epoch, 'type-terms', type.name, at)
  const months = counts(epoch, row) && row['term'] === term ? row['months'] : undefined
  return typeof months === 'number' ? monthsAfter(dateOf(civilDay(from, AMSTERDAM)), months) : undefined
}

const reviewLatest: FactFunction = (input) => termOf(input, 'review', input.at)

const queryUntil: FactFunction = (input) => {
  const since = instantAt(input, ['since'])
  return since === undefined ? undefined : termOf(input, 'lookback', since)
}

/** RPD 89: a document, a photograph or fingerprints besides the name. Of types that carry none: absent. */
const identifiable: FactFunction = (input) => {
  const { message, type } = input
  if (message === null || !type.fields.some(({ name }) => name === 'identifiers')) return undefined
  const marks = [
    ['document', 'number'],
    ['identifiers', 'photoRef'],
    ['identifiers', 'fingerprintRef'],
  ] as const
  return marks.some((path) => textAt(input, path) !== undefined)
}

const names = (row: RegisterRow, article: string, day: number): boolean =>
  row['article'] === article && row.from <= day && day < row.until

/** Whether an article of Sr was in force, under that number, on the day of the offence. Other codes: absent. */
const offenceInForce: FactFunction = (input) => {
  const article = textAt(input, ['offenceCode'])
  const day = amsterdamMidnight(textAt(input, ['offenceDate']) ?? '')
  if (!article?.startsWith('Sr ') || day === undefined) return undefined
  const rows = input.epoch.registers.get('offence-crosswalk')?.rows ?? []
  return rows.some((row) => names(row, article, day) && counts(input.epoch, row))
}

const UNION: ReadonlySet<unknown> = new Set(['MEMBER', 'ASSOCIATED'])

/**
 * Wpg 17a(4): other member states whose information travels with this message to a recipient outside the Union, whatever its
 * handling code, and that have not consented. Their OINs; absent when there are none.
 */
const memberStates: FactFunction = (input) => {
  const { epoch, at, to, marks, from } = input
  const rowOf = (oin: string) =>
    registerRow(epoch, 'countries', epoch.partners.get(oin as typeof to.oin)?.country ?? '', at)
  const reached = rowOf(to.oin)
  if (counts(epoch, reached) && UNION.has(reached['led'])) return undefined
  const home = rowOf(from.oin)?.['country']
  const asked = { type: input.type.name, purpose: input.terms.purpose, to, at }
  const left = marks.filter((mark) => {
    const row = rowOf(mark.originator)
    return UNION.has(row?.['led']) && row?.['country'] !== home && !consents(mark, asked, epoch)
  })
  return left.length > 0 ? left.map(({ originator }) => originator) : undefined
}

export const NOTICE_FACTS = {
  reviewLatest,
  queryUntil,
  identifiable,
  offenceInForce,
  memberStates,
} as const

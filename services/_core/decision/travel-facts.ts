/** Facts about flights and passengers: until when API data may be sent and kept, how old PNR data are, and what is in them. */

import { monthsAfter } from './civil-months.ts'
import { atPath, instantAt, textAt } from './data-path.ts'
import type { RegisterRow } from './epoch.ts'
import type { FactFunction } from './fact-functions.ts'
import { counts, registerRow } from './register-row.ts'

const HOUR = 3_600_000
/** PNR-wet 4: no earlier than this before departure. */
const PUSH_HOURS = 48
/** PNR-wet 10(3), 20(1)(a): months after the day of the flight. */
const MASKED_AFTER = 6
const DELETED_AFTER = 60

const DEPARTS = ['flight', 'departsAt']
const ARRIVES = ['flight', 'arrivesAt']
const COLUMNS = ['carrierHours', 'authorityHours', 'noShowHours', 'cutoffHours'] as const

function hoursOf(row: RegisterRow): Readonly<Record<(typeof COLUMNS)[number], number>> | undefined {
  const hours = COLUMNS.map((name) => row[name])
  const [carrierHours, authorityHours, noShowHours, cutoffHours] = hours.filter(
    (one) => typeof one === 'number',
  )
  if (cutoffHours === undefined || carrierHours === undefined) return undefined
  if (authorityHours === undefined || noShowHours === undefined) return undefined
  return { carrierHours, authorityHours, noShowHours, cutoffHours }
}

/**
 * Until when the carrier may send this flight (from arrival or departure, as the register says for the border authority's
 * country) and until when the authority may keep it. The authority's term runs from the receipt of the
 * batch whose label is given as evidence, else from departure; nothing outlives the cut-off. Ends exclusive.
 */
const apiTerms: FactFunction = (input) => {
  const departs = instantAt(input, DEPARTS)
  const arrives = instantAt(input, ARRIVES)
  if (departs === undefined || arrives === undefined) return undefined
  const { epoch, to, at, message } = input
  const country = epoch.partners.get(to.oin)?.country ?? ''
  const row = registerRow(epoch, 'api-regimes', country, at)
  const hours = counts(epoch, row) ? hoursOf(row) : undefined
  if (!row || !hours) return undefined
  const cutoff = departs + hours.cutoffHours * HOUR
  const sent = (row['carrierFrom'] === 'ARRIVAL' ? arrives : departs) + hours.carrierHours * HOUR
  const received = message?.evidence.filter(({ type }) => type === 'api.batch').map(({ iat }) => iat) ?? []
  const since = received.length === 0 ? departs : Math.min(...received)
  const absent = message?.data['boarded'] === false ? hours.noShowHours : 0
  const kept = since + (hours.authorityHours + absent) * HOUR
  return { sendUntil: Math.min(sent, cutoff), keepUntil: Math.min(kept, cutoff) }
}

/** From when the data of this flight are masked and destroyed; of a request without a flight: of the last day it asks about. */
const pnrKept: FactFunction = (input) => {
  const date = textAt(input, ['flight', 'date']) ?? textAt(input, ['periodUntil'])
  if (date === undefined) return undefined
  const [maskedFrom, deletedFrom] = [monthsAfter(date, MASKED_AFTER), monthsAfter(date, DELETED_AFTER)]
  return maskedFrom === undefined || deletedFrom === undefined ? undefined : { maskedFrom, deletedFrom }
}

const pnrPushFrom: FactFunction = (input) => {
  const departs = instantAt(input, DEPARTS)
  return departs === undefined ? undefined : departs - PUSH_HOURS * HOUR
}

/** Whether a member is there, disclosed, of a category that is masked after six months. An unverified row masks as well. */
const pnrUnmasked: FactFunction = ({ members, epoch, at, type }) => {
  if (!type.groups.includes('pnr')) return undefined
  return members.some(
    ({ category, withheldBySender }) =>
      !withheldBySender && registerRow(epoch, 'pnr-masked', category, at) !== undefined,
  )
}

/** Whether a record names a service of the register `pnr-sensitive`; unverified rows count. */
const pnrSensitive: FactFunction = ({ message, epoch, at }) => {
  const records = message?.data['records']
  if (!Array.isArray(records)) return undefined
  return records.some((record) => {
    const services = atPath(record, ['services'])
    return (
      Array.isArray(services) &&
      services.some((code) => registerRow(epoch, 'pnr-sensitive', String(code), at) !== undefined)
    )
  })
}

export const TRAVEL_FACTS = { apiTerms, pnrKept, pnrPushFrom, pnrUnmasked, pnrSensitive } as const

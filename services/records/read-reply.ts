import type { FormBody } from '#web/form-body.ts'
import type { Carried } from './authority-kinds.ts'
import type { Conviction, Offence, Sanction } from './person.ts'
import { type Faults, Fields, orNull } from './read-fields.ts'

export const REPLY_OUTCOMES = ['CONVICTIONS', 'NO_CONVICTIONS', 'IDENTITY_INSUFFICIENT', 'REFUSED'] as const

export type ReplyReading =
  | { readonly kind: 'read'; readonly type: string; readonly data: Readonly<Record<string, unknown>> }
  | { readonly kind: 'refused'; readonly faults: Faults }

const LINE = /^(\d{4} \d{2})(?:\s+(\S.*))?$/
const ROWS_MAX = 20

/** `1011 00 Sexueller Missbrauch` a line: code and, if there is one, what the other state calls it. undefined: a line is no such. */
function readCodes(text: string): readonly (readonly [string, string | null])[] | undefined {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const rows = lines.map((line) => LINE.exec(line.trim()))
  if (rows.length > ROWS_MAX || rows.some((row) => row === null || (row[2] ?? '').length > 300))
    return undefined
  return rows.flatMap((row) => (row ? [[row[1] ?? '', row[2] ?? null] as const] : []))
}

function readConviction(fields: Fields, state: string): Conviction {
  const offences = readCodes(fields.text('offences', 4_000))
  const sanctions = readCodes(fields.text('sanctions', 4_000, false))
  if (!offences) fields.fault('offences', 'not-valid')
  if (!sanctions) fields.fault('sanctions', 'not-valid')
  const ref = fields.line('ref', 64)
  if (ref !== '' && !/^[A-Za-z0-9][A-Za-z0-9._:-]*$/.test(ref)) fields.fault('ref', 'not-valid')
  const unstated = { completion: 'UNSTATED', participation: 'UNSTATED', exempt: false, committedOn: null }
  return {
    ref,
    state,
    court: fields.line('court', 200),
    convictedOn: fields.day('convictedOn', 'past'),
    finalOn: orNull(fields.day('finalOn', 'past', false)),
    offences: (offences ?? []).map(([code, national]): Offence => ({ code, national, ...unstated })),
    sanctions: (sanctions ?? []).map(([code, national]): Sanction => ({ code, national, until: null })),
  }
}

/**
 * What a body abroad said, as its messenger copies it: to a question for convictions a reply, to ECRIS-TCN the states it named.
 * `state`: the country of the body. One conviction a form: a partner connects ECRIS here instead.
 */
export function readReply(body: FormBody, carried: Carried, state: string, now: number): ReplyReading {
  const fields = new Fields(body, now)
  const { requestRef, personRef, type } = carried
  if (type === 'ecristcn.query') return readHit(fields, body, carried)
  const outcome = fields.choice('outcome', REPLY_OUTCOMES)
  const convictions = outcome === 'CONVICTIONS' ? [readConviction(fields, state)] : []
  const useLimits = orNull(fields.text('useLimits', 2_000, false))
  const uk = type === 'uk.conviction.request'
  const asks = outcome === 'IDENTITY_INSUFFICIENT' && !uk
  const identityWanted = asks ? fields.line('identityWanted', 300) : null
  if (!fields.ok) return { kind: 'refused', faults: fields.faults }
  const said = { requestRef, personRef, outcome, convictions, useLimits }
  if (uk) return { kind: 'read', type: 'uk.conviction.reply', data: said }
  return { kind: 'read', type: 'ecris.reply', data: { ...said, replyingState: state, identityWanted } }
}

function readHit(fields: Fields, body: FormBody, { requestRef, personRef }: Carried): ReplyReading {
  const none = (body['memberStates'] ?? '').trim() === ''
  const memberStates = none ? [] : fields.countries('memberStates', 27)
  if (!fields.ok) return { kind: 'refused', faults: fields.faults }
  const references = memberStates.map((code) => `${requestRef}-${code}`)
  const data = { queryRef: requestRef, personRef, memberStates, references, identityHeld: null }
  return { kind: 'read', type: 'ecristcn.hit', data }
}

/**
 * One line of the *Logboek Dataverwerkingen* for one decision record (field names: Logius, config 0.8.0, as in the git snapshot of
 * 2024; times in milliseconds). Derived from the log, so that none can be sampled away; who is meant stands in no line.
 */
import { createHmac, hkdfSync } from 'node:crypto'
import type { DecisionRecord } from '#core/decision/decision-record.ts'

export interface LdvLine {
  readonly trace_id: string
  readonly span_id: string
  readonly status: 'Unset' | 'Ok' | 'Error'
  readonly name: string
  readonly start_time: number
  readonly end_time: number
  readonly attributes: Readonly<Record<string, string>>
  readonly resource: { readonly attributes: Readonly<Record<string, string>> }
}

const ACTIVITIES = 'https://schakel.example.nl/register/processing-activities'
/** No person's number: the case reference, keyed; whoever holds the month's accountability key can compute it and nobody else. */
const SUBJECT_TYPE = 'https://schakel.example.nl/register/data-subject-id-types/case'

const NAMES: Readonly<Record<DecisionRecord['state'], string>> = {
  held: 'Verstrekking aangehouden',
  sealed: 'Verstrekking toegestaan',
  delivered: 'Verstrekking ontvangen',
  refused: 'Verstrekking geweigerd',
  expired: 'Verstrekking verlopen',
  recalled: 'Verstrekking ingetrokken',
  'late-ack': 'Ontvangst na afloop bevestigd',
  duty: 'Termijn gewijzigd',
  released: 'Verstrekking vrijgegeven',
  approval: 'Toestemming ontvangen',
  erased: 'Inhoud gewist',
  'message-refused': 'Bericht geweigerd',
}

const slug = (text: string): string =>
  text
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')

/** The activity in the register: message type and legal basis where a verdict was given, the change of state where none was. */
function activityOf(record: DecisionRecord): string {
  const { question } = record
  if (!question) return `${ACTIVITIES}/state/${slug(record.state)}`
  return `${ACTIVITIES}/${slug(question.type)}/${slug(question.terms.basis)}`
}

/** Articles of the permits that carried it, or of the reasons that did not let it pass. */
function articlesOf({ verdict }: DecisionRecord): string {
  const cited = verdict?.basis.length ? verdict.basis : (verdict?.reasons ?? [])
  return [...new Set(cited.flatMap(({ article }) => article ?? []))].join('; ')
}

export interface LdvPlace {
  readonly partition: number
  readonly seq: number
  readonly n: number
  /** Case reference of the hand-off; undefined where none came of the message. */
  readonly caseRef: string | undefined
}

/** A key of its own from the month's: what seals records is used for nothing else. */
function subjectOf(caseRef: string, key: Uint8Array): string {
  const own = hkdfSync('sha256', key, new Uint8Array(0), 'schakel-ldv-subject', 32)
  return createHmac('sha256', Buffer.from(own)).update(caseRef).digest('base64url')
}

export function ldvLine(record: DecisionRecord, place: LdvPlace, key: Uint8Array): LdvLine {
  const { caseRef, partition, seq, n } = place
  const articles = articlesOf(record)
  const subject = caseRef && subjectOf(caseRef, key)
  return {
    trace_id: record.trace_id,
    span_id: record.span_id,
    // A refusal is an answer, not an error of ours (LDV: Error only for internal failure).
    status: record.state === 'message-refused' ? 'Unset' : 'Ok',
    name: NAMES[record.state],
    start_time: record.timestamp,
    end_time: record.timestamp,
    attributes: {
      'dpl.core.processing_activity_id': activityOf(record),
      ...(subject
        ? { 'dpl.core.data_subject_id': subject, 'dpl.core.data_subject_id_type': SUBJECT_TYPE }
        : {}),
      'dpl.schakel.record': `${partition}-${seq}-${n}`,
      ...(articles ? { 'dpl.schakel.articles': articles } : {}),
      ...(record.verdict ? { 'dpl.schakel.verdict': record.verdict.kind } : {}),
      ...(record.versions ? { 'dpl.schakel.rules': record.versions.rules } : {}),
    },
    resource: { attributes: { 'service.namespace': 'schakel', 'service.name': 'exchange' } },
  }
}

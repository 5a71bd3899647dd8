import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { FailureCode } from '#core/failure.ts'
import { FAILURES } from '#core/failure-table.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import { stateBadge, verdictBadge } from '#web/badges.ts'
import { dataTable } from '#web/data-table.ts'
import { time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { HandoffView } from './handoff-view.ts'
import type { Texts } from './texts.ts'

function isState(state: DecisionRecord['state'], texts: Texts): state is HandoffState {
  return Object.hasOwn(texts.states, state)
}

function eventOf(state: DecisionRecord['state'], texts: Texts): Html {
  if (isState(state, texts)) return stateBadge(state, texts)
  return html`${Object.hasOwn(texts.events, state) ? texts.events[state] : state}`
}

/** A cause in words: a failure of the message by its own table, `granted:<guard>` by its kind; else as it was recorded. */
export function causeText(cause: string, texts: Texts, lang: 'nl' | 'en'): string {
  if (Object.hasOwn(FAILURES, cause)) return FAILURES[cause as FailureCode][lang]
  if (Object.hasOwn(texts.causes, cause)) return texts.causes[cause] ?? cause
  const colon = cause.indexOf(':')
  const kind = colon < 0 ? '' : cause.slice(0, colon)
  const sentence = Object.hasOwn(texts.causeKinds, kind) ? texts.causeKinds[kind] : undefined
  return sentence ? sentence(cause.slice(colon + 1)) : cause
}

/** Every change with its time and cause, oldest first. */
export function historySection({ records, locale }: HandoffView): Html | false {
  if (records.length === 0) return false
  const { texts, lang } = locale
  const { handoff } = texts
  const rows = records.map((record) => [
    time(record.timestamp, lang),
    eventOf(record.state, texts),
    html`${causeText(record.cause, texts, lang)}`,
    record.verdict ? verdictBadge(record.verdict.kind, texts) : '–',
    record.epoch,
  ])
  const headings = [handoff.when, handoff.event, handoff.cause, handoff.verdict, handoff.rules]
  return html`<section aria-labelledby="history"><h2 id="history">${handoff.history}</h2>
${dataTable({ caption: handoff.historyCaption, headings, rows })}
</section>`
}

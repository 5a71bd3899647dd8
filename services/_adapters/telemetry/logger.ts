/**
 * The process's log, JSON lines by pino. What can be said is a closed set: codes, numbers, and words of ours. Text that comes
 * from outside (a message of an error, a name, bytes) has no way in, so nothing has to be blacked out.
 */
import { type DestinationStream, pino } from 'pino'
import type { Failure } from '#core/failure.ts'
import { handoffPlace, isHandoffId } from '#core/ids.ts'

export type LogEvent =
  | 'started'
  | 'stopping'
  | 'stopped'
  | 'failure'
  | 'paused'
  | 'resumed'
  | 'parked'
  | 'bug'
  | 'share'
  | 'checkpoint'
  | 'keys'
  | 'note'

/** Numbers only, and a word of ours: `about` passes when it is a request's id, a hand-off's place, or one of `WORDS`. */
export interface LogFacts {
  readonly partition?: number
  readonly seq?: number
  readonly n?: number
  readonly count?: number
  readonly port?: number
  readonly ms?: number
  readonly partitions?: readonly number[]
}

export interface Logger {
  say(event: LogEvent, facts?: LogFacts): void
  /** Code, place and, of a bug, where in our code; never its message. */
  failure(event: LogEvent, failure: Failure, about?: string, facts?: LogFacts): void
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const WORDS = new Set(['control', 'release', 'push', 'partner topics', 'share', 'view', 'keys', 'inbox'])
const FRAME =
  /^ {4}at (?:(?:async )?([A-Za-z0-9_.#<>[\] ]{1,80}) \()?(?:file:\/\/)?[^()]*?((?:services|schemas|contracts)\/[A-Za-z0-9_./-]+\.ts:[0-9]+)/
const FRAMES = 5

const numbers = (facts: LogFacts): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(facts).filter(([, value]) =>
      Array.isArray(value) ? value.every(Number.isFinite) : Number.isFinite(value),
    ),
  )

function aboutOf(about: string): Record<string, unknown> {
  if (isHandoffId(about)) return handoffPlace(about)
  if (UUID.test(about)) return { request: about }
  return WORDS.has(about) ? { about } : {}
}

/** Files and lines of ours where it was thrown; the first line of a stack, which repeats the message, is left out. */
function framesOf(failure: Failure): readonly string[] {
  const { cause } = failure
  const stack = (cause instanceof Error ? cause.stack : undefined) ?? failure.stack ?? ''
  return stack
    .split('\n')
    .flatMap((line) => FRAME.exec(line)?.[2] ?? [])
    .slice(0, FRAMES)
}

/** `to`: default stderr. */
export function openLogger(service: string, to: DestinationStream = pino.destination(2)): Logger {
  const options = { base: { service }, timestamp: pino.stdTimeFunctions.isoTime, messageKey: 'event' }
  const log = pino({ ...options, formatters: { level: (label) => ({ level: label }) } }, to)
  return {
    say: (event, facts = {}) => log.info(numbers(facts), event),
    failure(event, failure, about = '', facts = {}) {
      const bug = failure.family === 'BUG'
      const said = { code: failure.code, ...aboutOf(about), ...numbers(facts) }
      if (bug) log.error({ ...said, at: framesOf(failure) }, event)
      else log.warn(said, event)
    },
  }
}

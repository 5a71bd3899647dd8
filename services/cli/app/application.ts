import type { Failure } from '#core/failure.ts'
import type { Language } from '#core/language.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Random } from '#core/ports/random.ts'
import type { Connection, ConnectOptions } from '#sdk/connect.ts'
import type { Door } from '#web/door.ts'

/** What a partner's application is started with: connections with its own keys, a folder of its own, its door. */
export interface AppParts {
  /** The endpoint named by `--as`; where an application serves several, the first of them. */
  readonly as: string
  /** Connection of `partner/endpoint`; whoever asked for it closes it. */
  connect(ref: string, options?: Partial<ConnectOptions>): Promise<Connection>
  urnOf(ref: string): string
  /** 0700, this application's alone. */
  readonly folder: string
  readonly door: Door
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly clock: Clock
  readonly random: Random
  readonly lang: Language
  report(failure: Failure, about: string): void
  readonly signal: AbortSignal
}

/** A reference application or desk that `schakel app` starts. */
export interface Application {
  readonly name: string
  readonly summary: string
  /** Endpoints it serves; none: any one, named by `--as`. */
  readonly endpoints: readonly string[]
  readonly roles: readonly string[]
  start(parts: AppParts): Promise<{ readonly url: string; close(): Promise<void> }>
}

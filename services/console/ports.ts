import type { Epoch } from '#core/decision/epoch.ts'
import type { Failure } from '#core/failure.ts'
import type { HandoffId } from '#core/ids.ts'
import type { Clock } from '#core/ports/clock.ts'
import type { Control } from '#core/ports/control.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import type { View } from '#core/ports/view.ts'
import type { Door } from '#web/door.ts'
import type { Operations } from './operations.ts'
import type { ReplayAnswer, ReplayAsk } from './replay-ask.ts'

/** The ledger's latest published checkpoint. `root`: base64; `time`: ms when it was published, null where nobody knows. */
export interface LedgerHead {
  readonly origin: string
  readonly size: number
  readonly root: string
  readonly time: number | null
}

/** Control that also resolves the epoch a decision was made under: its words are the words of that day. */
export interface ConsoleControl extends Control {
  resolve(epoch: number): Promise<Epoch>
}

/** Derives verdicts again; `progress` is told how many so far. Rejects with `OPS_` of what cannot be read, or on abort. */
export type Replay = (
  ask: ReplayAsk,
  progress: (total: number) => void,
  signal: AbortSignal,
) => Promise<ReplayAnswer>

/** What the pages read. They write nothing, and know names of fields, never their values. */
export interface ConsolePorts {
  /** Loopback only. */
  readonly host: string
  /** 0 = any free one. */
  readonly port: number
  readonly view: View
  readonly control: ConsoleControl
  /** undefined = nothing published yet. */
  checkpoint(): Promise<LedgerHead | undefined>
  /** The evidence bundle of a hand-off as JSON; undefined = not yet below a checkpoint. */
  proof(handoff: HandoffId): Promise<string | undefined>
  /** Duties that a hand-off began, and those of others that it met, restarted or ended. */
  duties(handoff: HandoffId): { readonly of: readonly DutyRow[]; readonly by: readonly DutyRow[] }
  /** Who may sign in: roles `auditor` and `operator`. */
  readonly door: Door
  /** How the exchange does, for the operator. */
  operations(): Promise<Operations>
  /** null: this process may not read what was handed in, and so cannot derive anything again. */
  readonly replay: Replay | null
  /** The rules in force: path of each file → Cedar text. */
  rules(): Promise<ReadonlyMap<string, string>>
  /** Text of `contracts/matrix.txt`. */
  matrix(): Promise<string>
  /** Address of the gateway that serves the ledger's tiles, if one runs here. */
  readonly gateway?: string | undefined
  readonly clock: Clock
  report(failure: Failure, about: string): void
}

import type { VerdictKind } from '#core/decision/verdict.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import { type Html, html } from './html.ts'

/** A sign beside each word, so that nothing is told by colour alone. */
const SIGNS: Readonly<Record<VerdictKind | 'unanswered', string>> = {
  permit: '✓',
  'permit-redacted': '◐',
  hold: '‖',
  deny: '✕',
  unanswered: '…',
}

const STATE_SIGNS: Readonly<Record<HandoffState, string>> = {
  held: '‖',
  sealed: '▣',
  delivered: '✓',
  refused: '✕',
  expired: '◷',
  recalled: '↶',
}

const sign = (text: string): Html => html`<span class="sign" aria-hidden="true">${text}</span>`

/** What became of something, with `word` for it. `unanswered`: nothing yet, it waits. */
export function badge(kind: VerdictKind | 'unanswered', word: string): Html {
  return html`<span class="badge badge-${kind === 'unanswered' ? 'hold' : kind}">${sign(SIGNS[kind])}${word}</span>`
}

export interface VerdictWords {
  readonly noVerdict: string
  readonly verdicts: Readonly<Record<VerdictKind, string>>
}

/** null or undefined: nothing was decided, or it can no longer be read. */
export function verdictBadge(kind: VerdictKind | null | undefined, texts: VerdictWords): Html {
  return kind ? badge(kind, texts.verdicts[kind]) : html`<span class="quiet">${texts.noVerdict}</span>`
}

export function stateBadge(
  state: HandoffState,
  { states }: { readonly states: Readonly<Record<HandoffState, string>> },
): Html {
  return html`<span class="state state-${state}">${sign(STATE_SIGNS[state])}${states[state]}</span>`
}

import type { VerdictKind } from '#core/decision/verdict.ts'
import type { HandoffState } from '#core/handoff/outcome.ts'
import { type Html, html } from '#web/html.ts'
import type { Texts } from './texts.ts'

/** A sign beside each word, so that nothing is told by colour alone. */
const VERDICT_SIGNS: Readonly<Record<VerdictKind, string>> = {
  permit: '✓',
  'permit-redacted': '◐',
  hold: '‖',
  deny: '✕',
}

const STATE_SIGNS: Readonly<Record<HandoffState, string>> = {
  held: '‖',
  sealed: '▣',
  delivered: '✓',
  refused: '✕',
  expired: '◷',
  recalled: '↶',
}

const badge = (kind: string, sign: string, word: string): Html =>
  html`<span class="badge badge-${kind}"><span class="sign" aria-hidden="true">${sign}</span>${word}</span>`

/** null: nothing was decided, or it can no longer be read. */
export function verdictBadge(kind: VerdictKind | null, texts: Texts): Html {
  if (kind === null) return html`<span class="quiet">${texts.noVerdict}</span>`
  return badge(kind, VERDICT_SIGNS[kind], texts.verdicts[kind])
}

export function stateBadge(state: HandoffState, texts: Texts): Html {
  return html`<span class="state state-${state}"><span class="sign" aria-hidden="true">${STATE_SIGNS[state]}</span>${texts.states[state]}</span>`
}

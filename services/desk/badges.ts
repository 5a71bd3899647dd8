import type { HandoffStateName, VerdictForSender } from '#sdk/gateway-answers.ts'
import { type Html, html } from '#web/html.ts'
import type { Texts } from './texts.ts'

type Verdict = VerdictForSender['kind']

/** A sign beside each word, so that nothing is told by colour alone. */
const VERDICT_SIGNS: Readonly<Record<Verdict, string>> = {
  permit: '✓',
  'permit-redacted': '◐',
  hold: '‖',
  deny: '✕',
}

const STATE_SIGNS: Readonly<Record<HandoffStateName, string>> = {
  held: '‖',
  sealed: '▣',
  delivered: '✓',
  refused: '✕',
  expired: '◷',
  recalled: '↶',
}

const sign = (text: string): Html => html`<span class="sign" aria-hidden="true">${text}</span>`

export function verdictBadge(kind: Verdict | undefined, texts: Texts): Html {
  if (kind === undefined) return html`<span class="quiet">${texts.noVerdict}</span>`
  return html`<span class="badge badge-${kind}">${sign(VERDICT_SIGNS[kind])}${texts.verdicts[kind]}</span>`
}

export function stateBadge(state: HandoffStateName, texts: Texts): Html {
  return html`<span class="state state-${state}">${sign(STATE_SIGNS[state])}${texts.states[state]}</span>`
}

import type { DecisionRecord } from '#core/decision/decision-record.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { explainBasis, explainReason, explainWithheld } from '#core/decision/explain-reason.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import type { TypeName } from '#core/ids.ts'
import type { Language } from '#core/language.ts'
import type { HandoffRow } from '#core/ports/fold.ts'
import { partyName } from './party-names.ts'

const WORDS = {
  en: {
    verdict: 'verdict',
    basis: 'basis',
    reason: 'reason',
    needs: 'needs',
    shown: 'shown',
    withheld: 'withheld',
    obligations: 'obligations',
    history: 'history',
    erased: 'content erased',
    unverified: '† article not verified by a jurist',
    none: 'no decision record: the accountability key is gone, or the hand-off decided nothing',
  },
  nl: {
    verdict: 'oordeel',
    basis: 'grondslag',
    reason: 'reden',
    needs: 'nodig',
    shown: 'getoond',
    withheld: 'achtergehouden',
    obligations: 'verplichtingen',
    history: 'verloop',
    erased: 'inhoud gewist',
    unverified: '† artikel niet door een jurist geverifieerd',
    none: 'geen besluitregel: de verantwoordingssleutel is weg, of de overdracht besloot niets',
  },
} as const

const WIDTH = 16

const labelled = (label: string, texts: readonly string[]): readonly string[] =>
  texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(WIDTH)}${text}`)

/** Withheld members by why: one line for each reason, with the names of all that it took. */
function describeWithheld(verdict: Verdict, type: TypeName, epoch: Epoch, lang: Language): readonly string[] {
  const known = epoch.types.get(type)
  const byReason = new Map<string, string[]>()
  for (const withheld of verdict.withheld) {
    const text = known
      ? explainWithheld(withheld, lang, known, epoch)
      : `${withheld.member}: ${withheld.reason}`
    const cut = text.indexOf(': ')
    const why = text.slice(cut + 2)
    byReason.set(why, [...(byReason.get(why) ?? []), text.slice(0, cut)])
  }
  return [...byReason].map(([why, names]) => `${names.join(', ')}: ${why}`)
}

/** A verdict in words: rule, article († when unverified), reasons with their cure, each withheld member with why. */
export function describeVerdict(
  verdict: Verdict,
  type: TypeName,
  epoch: Epoch,
  lang: Language,
): readonly string[] {
  const words = WORDS[lang]
  const reasons = verdict.reasons.map((reason) => {
    const { text, article } = explainReason(reason, lang, epoch)
    const needs = reason.needs === null ? '' : `; ${words.needs} ${reason.needs}`
    return `${reason.code} (${reason.rule}${article ? `, ${article}` : ''}): ${text}${needs}`
  })
  const withheld = describeWithheld(verdict, type, epoch, lang)
  const unverified = [...verdict.reasons, ...verdict.basis].some(({ verified }) => !verified)
  return [
    ...labelled(words.verdict, [verdict.kind]),
    ...labelled(
      words.basis,
      verdict.basis.map((basis) => `${basis.rule}: ${explainBasis(basis, lang, epoch)}`),
    ),
    ...labelled(words.reason, reasons),
    ...labelled(words.shown, verdict.shown.length > 0 ? [verdict.shown.join(', ')] : []),
    ...labelled(words.withheld, withheld),
    ...labelled(words.obligations, verdict.obligations.length > 0 ? [verdict.obligations.join(', ')] : []),
    ...(unverified ? [`  ${words.unverified}`] : []),
  ]
}

/** One hand-off and everything that was decided about it, the latest verdict first. For operators and auditors: it hides nothing. */
export function describeHandoff(
  row: HandoffRow,
  decisions: readonly DecisionRecord[],
  epoch: Epoch,
  lang: Language,
): readonly string[] {
  const words = WORDS[lang]
  const verdict = decisions.findLast((record) => record.verdict !== null)?.verdict
  const head = `${row.handoff}  ${row.type}  ${partyName(row.from, epoch)} → ${partyName(row.to, epoch)}  ${row.state}`
  const history = decisions.map(
    ({ timestamp, state, cause }) => `${new Date(timestamp).toISOString()}  ${state} (${cause})`,
  )
  return [
    row.content === 'erased' ? `${head}  ${words.erased}` : head,
    ...(verdict ? describeVerdict(verdict, row.type as TypeName, epoch, lang) : [`  ${words.none}`]),
    ...labelled(words.history, history),
  ]
}

import { explainBasis, explainReason } from '#core/decision/explain-reason.ts'
import type { Reason, Verdict } from '#core/decision/verdict.ts'
import { verdictBadge } from '#web/badges.ts'
import { dataTable } from '#web/data-table.ts'
import { type Html, type HtmlValue, html } from '#web/html.ts'
import type { HandoffView } from './handoff-view.ts'

/** `approval:wpg19-ovj` in words: what kind of cure, and which. */
function needsText(needs: string, { locale }: HandoffView): string {
  const { needKinds, needs: sentence } = locale.texts.handoff
  const [kind = '', ...rest] = needs.split(':')
  const word = Object.hasOwn(needKinds, kind) ? (needKinds[kind] ?? kind) : kind
  return sentence(rest.length === 0 ? word : `${word} ${rest.join(':')}`)
}

function reasonRow(reason: Reason, view: HandoffView): readonly HtmlValue[] {
  const { epoch, locale } = view
  const { handoff } = locale.texts
  const { text, article, next } = explainReason(reason, locale.lang, epoch)
  return [
    html`<code class="name">${reason.code}</code>`,
    html`${text}${!reason.tell && html`<br><span class="note">${handoff.hidden}</span>`}`,
    article ?? '–',
    epoch.policies.get(reason.rule)?.source ?? '–',
    html`<code class="name">${reason.rule}</code>`,
    reason.verified ? handoff.verifiedYes : handoff.verifiedNo,
    html`${next}${reason.needs !== null && html`<br><span class="quiet">${needsText(reason.needs, view)}</span>`}`,
  ]
}

function basisList(verdict: Verdict, view: HandoffView): Html {
  const { epoch, locale } = view
  const { handoff } = locale.texts
  if (verdict.basis.length === 0) return html`<p>${handoff.noBasis}</p>`
  const items = verdict.basis.map((basis) => {
    const source = epoch.policies.get(basis.rule)?.source
    const about = [`${handoff.rule} ${basis.rule}`, source && `${handoff.source}: ${source}`].filter(Boolean)
    return html`<li>${explainBasis(basis, locale.lang, epoch)} <span class="quiet">(${about.join('; ')})</span></li>`
  })
  return html`<ul>${items}</ul>`
}

function reasonTable(verdict: Verdict, view: HandoffView): Html {
  const { handoff } = view.locale.texts
  if (verdict.reasons.length === 0) return html`<p>${handoff.noReasons}</p>`
  const headings = [
    handoff.code,
    handoff.reason,
    handoff.article,
    handoff.source,
    handoff.rule,
    handoff.verified,
  ]
  return dataTable({
    caption: handoff.reasonsCaption,
    headings: [...headings, handoff.cure],
    rows: verdict.reasons.map((reason) => reasonRow(reason, view)),
  })
}

/** Verdict, basis and every reason, also those the sender may not read: this page is the auditor's. */
export function whySection(view: HandoffView): Html {
  const { texts } = view.locale
  const verdict = view.decided?.verdict
  const heading = html`<h2 id="why">${texts.handoff.why}</h2>`
  if (!verdict)
    return html`<section aria-labelledby="why">${heading}<p>${texts.handoff.noRecord}</p></section>`
  return html`<section aria-labelledby="why">${heading}
<p class="verdict">${verdictBadge(verdict.kind, texts)} ${texts.verdictMeanings[verdict.kind]}.</p>
<h3>${texts.handoff.basis}</h3>
${basisList(verdict, view)}
<h3>${texts.handoff.reasons}</h3>
${reasonTable(verdict, view)}
</section>`
}

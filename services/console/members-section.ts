import { explainWithheld } from '#core/decision/explain-reason.ts'
import type { Verdict } from '#core/decision/verdict.ts'
import { dataTable } from '#web/data-table.ts'
import { type Html, html } from '#web/html.ts'
import type { HandoffView } from './handoff-view.ts'
import { codeName, memberName } from './name-words.ts'

/** What becomes of a member that the verdict would show: a hold shows it only once cured, a refusal never. */
function shownText(verdict: Verdict, { locale }: HandoffView): string {
  const { handoff } = locale.texts
  if (verdict.kind === 'hold') return handoff.wouldShow
  return verdict.kind === 'deny' ? handoff.denied : handoff.shown
}

/** `explainWithheld` says `field: reason`; the field stands in its own column here. */
function reasonOf(verdict: Verdict, member: string, { type, epoch, locale }: HandoffView): string {
  const withheld = verdict.withheld.find((each) => each.member === member)
  if (!withheld) return ''
  if (!type) return withheld.reason
  const sentence = explainWithheld(withheld, locale.lang, type, epoch)
  const name = `${memberName(member, type, locale.lang)}: `
  return sentence.startsWith(name) ? sentence.slice(name.length) : sentence
}

function membersTable(verdict: Verdict, view: HandoffView): Html {
  const { handoff } = view.locale.texts
  const known = new Map((view.decided?.question?.members ?? []).map((member) => [member.name, member]))
  const names = [
    ...new Set([...known.keys(), ...verdict.shown, ...verdict.withheld.map(({ member }) => member)]),
  ]
  const rows = names.map((name) => {
    const member = known.get(name)
    const withheld = verdict.withheld.some((each) => each.member === name)
    const fate = withheld
      ? verdict.kind === 'deny'
        ? handoff.denied
        : handoff.withheld
      : shownText(verdict, view)
    return [
      html`${memberName(name, view.type, view.locale.lang)} <code class="name">${name}</code>`,
      html`<code>${member?.category ?? '–'}</code>`,
      member?.wpgClass ?? '–',
      html`<span class="fate fate-${withheld || verdict.kind === 'deny' ? 'withheld' : 'shown'}">${fate}</span>`,
      html`${reasonOf(verdict, name, view) || '–'}`,
    ]
  })
  const headings = [handoff.member, handoff.category, handoff.wpgClass, handoff.fate, handoff.because]
  return dataTable({ caption: handoff.membersCaption, headings, rows })
}

/** Every member, shown or withheld exactly once, and what the recipient must do with what it gets. */
export function membersSection(view: HandoffView): Html | false {
  const verdict = view.decided?.verdict
  if (!verdict) return false
  const { lang, texts } = view.locale
  const obligations = verdict.obligations.map(
    (code) =>
      html`<li>${codeName('Obligation', code, lang, view.epoch)} <code class="name">${code}</code></li>`,
  )
  return html`<section aria-labelledby="members"><h2 id="members">${texts.handoff.members}</h2>
${membersTable(verdict, view)}
</section>
<section aria-labelledby="obligations"><h2 id="obligations">${texts.handoff.obligations}</h2>
${obligations.length === 0 ? html`<p>${texts.handoff.noObligations}</p>` : html`<ul>${obligations}</ul>`}
</section>`
}

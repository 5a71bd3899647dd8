import type { Epoch } from '#core/decision/epoch.ts'
import { FAILURES } from '#core/failure-table.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { formField } from '#web/form-field.ts'
import { countText } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import { type Locale, linkTo } from './locale.ts'
import { typeTitle } from './name-words.ts'
import type { ReplayAnswer } from './replay-ask.ts'
import type { JobState } from './replay-job.ts'

const SHOWN_MAX = 200

/** `file`: the rule to propose a change of, its text as it is in force; null = replay under the rules of then alone. */
export function replayForm(
  rules: ReadonlyMap<string, string>,
  file: string | null,
  locale: Locale,
  epoch: Epoch,
): Html {
  const { replay } = locale.texts.desks
  const any = { value: '', label: locale.texts.list.any }
  const partners = [...epoch.partners.values()]
    .map(({ oin, name }) => ({ value: oin as string, label: name }))
    .toSorted((a, b) => a.label.localeCompare(b.label, locale.lang))
  const types = [...epoch.types.keys()].map((name) => ({
    value: name as string,
    label: typeTitle(name, locale.lang, epoch),
  }))
  const text = file === null ? undefined : rules.get(file)
  const proposal =
    text !== undefined &&
    html`<input type="hidden" name="file" value="${file}">${formField({ name: 'rule', label: replay.ruleText(file ?? ''), kind: 'text', value: text, hint: replay.ruleHint })}`
  return html`<form method="post" action="${linkTo('/replay', locale)}">
<div class="filter">${formField({ name: 'from', label: replay.from, kind: 'date' })}
${formField({ name: 'until', label: replay.until, kind: 'date' })}
${formField({ name: 'partner', label: locale.texts.list.partner, kind: 'choice', choices: [any, ...partners] })}
${formField({ name: 'type', label: replay.type, kind: 'choice', choices: [any, ...types] })}</div>
${proposal}
<div class="actions"><button type="submit">${text === undefined ? replay.start : replay.startProposed}</button></div>
</form>`
}

export function chooseRule(rules: ReadonlyMap<string, string>, locale: Locale): Html {
  const { replay } = locale.texts.desks
  const items = [...rules.keys()].map(
    (file) => html`<li><a href="${linkTo('/replay', locale, { file })}"><code>${file}</code></a></li>`,
  )
  return html`<details><summary>${replay.propose}</summary><p>${replay.proposeIntro}</p><ul class="links">${items}</ul></details>`
}

function result(answer: ReplayAnswer, proposed: boolean, locale: Locale, epoch: Epoch): Html {
  const { lang, texts } = locale
  const { replay } = texts.desks
  const link = (handoff: string | null) =>
    handoff === null
      ? '–'
      : html`<a href="${linkTo(`/handoff/${handoff}`, locale)}"><code>${handoff}</code></a>`
  const differing =
    answer.differing.length > 0 &&
    dataTable({
      caption: replay.differing,
      headings: [replay.handoff, replay.what],
      rows: answer.differing.slice(0, SHOWN_MAX).map(({ handoff, what }) => [link(handoff), what]),
    })
  const verdict = (kind: string) => (texts.verdicts as Readonly<Record<string, string>>)[kind] ?? kind
  const flips =
    answer.flips.length > 0 &&
    dataTable({
      caption: replay.flips(answer.flips.length),
      headings: [replay.handoff, replay.type, replay.was, replay.would, replay.how],
      rows: answer.flips
        .slice(0, SHOWN_MAX)
        .map(({ handoff, type, was, would, members, reasons }) => [
          link(handoff),
          typeTitle(type, lang, epoch),
          verdict(was),
          verdict(would),
          [...members, ...reasons].join(' '),
        ]),
    })
  return html`${definitionList([
    [replay.total, countText(answer.total, lang)],
    [replay.rederived, countText(answer.rederived, lang)],
    [replay.reasoned, countText(answer.reasoned, lang)],
    [replay.attested, countText(answer.attested, lang)],
    [replay.differs, countText(answer.differs, lang)],
  ])}
<p class="${answer.differs === 0 ? 'good' : 'error'}">${answer.differs === 0 ? replay.same : replay.notSame}</p>
${differing}${proposed && (flips || html`<p>${replay.noFlips}</p>`)}`
}

/** `data-ended` tells the script that nothing will change any more. */
export function replayFragment(state: JobState, locale: Locale, epoch: Epoch): Html {
  const { replay } = locale.texts.desks
  switch (state.kind) {
    case 'none':
      return html`<p data-ended>${replay.none}</p>`
    case 'running':
      return html`<div role="status"><p>${replay.running(state.total)}</p><progress aria-label="${replay.title}"></progress></div>
<form method="post" action="${linkTo('/replay/stop', locale)}"><button type="submit">${replay.stop}</button></form>
<p><a href="${linkTo('/replay', locale)}">${replay.look}</a></p>`
    case 'done':
      return html`<div data-ended>${result(state.answer, state.ask.rules !== null, locale, epoch)}</div>`
    case 'failed':
      return html`<p data-ended class="error"><code>${state.code}</code> ${FAILURES[state.code][locale.lang]}</p>`
    case 'stopped':
      return html`<p data-ended>${replay.stopped}</p>`
  }
}

import type { Versions } from '#core/decision/decision-record.ts'
import { dataTable } from '#web/data-table.ts'
import { definitionList } from '#web/definition-list.ts'
import { countText } from '#web/format-time.ts'
import { type Html, type HtmlValue, html } from '#web/html.ts'
import type { HandoffView } from './handoff-view.ts'
import { linkTo } from './locale.ts'
import { proofLeaves } from './proof-leaves.ts'

const code = (text: string | null | undefined): HtmlValue =>
  text === null || text === undefined ? null : html`<code class="hash">${text}</code>`

function versionList(versions: Versions, { locale }: HandoffView): Html {
  const names = locale.texts.handoff.versionNames
  const items = (Object.keys(names) as (keyof Versions)[]).map(
    (name) => [names[name], code(versions[name])] as const,
  )
  return html`<h3>${locale.texts.handoff.versions}</h3>
${definitionList(items)}`
}

function bundlePart(bundle: string, { row, locale }: HandoffView): Html {
  const { handoff } = locale.texts
  const file = `schakel-${row.handoff}.json`
  const leaves = proofLeaves(bundle)
  const table = dataTable({
    caption: handoff.leaves,
    headings: [handoff.leafIndex, handoff.leafHash, handoff.leafSize],
    rows: leaves.map(({ index, hash, size }) => [
      countText(index, locale.lang),
      code(hash),
      countText(size, locale.lang),
    ]),
  })
  return html`${leaves.length > 0 && table}
<p><a class="button" href="${linkTo(`/handoff/${row.handoff}/proof.json`, locale)}" download="${file}">${handoff.download}</a> <span class="quiet">${handoff.downloadNote}</span></p>
<p>${handoff.verify}</p>
<pre tabindex="0" role="region" aria-label="${handoff.verifyLabel}"><code>npx schakel prove --verify ${file} --vkey ${handoff.vkeyPlaceholder}</code></pre>`
}

/** Digests, label, versions, and where the facts of this hand-off lie in the ledger. */
export function proofSection(view: HandoffView): Html {
  const { row, records, decided, bundle, locale } = view
  const { handoff } = locale.texts
  const digest = records.findLast(({ message }) => message !== null)?.message
  const label = row.sdHash === null ? handoff.notLabelled : handoff.labelled
  return html`<section aria-labelledby="proof"><h2 id="proof">${handoff.proof}</h2>
${definitionList([
  [handoff.digest, code(digest)],
  [handoff.sdHash, code(row.sdHash)],
  [handoff.label, label],
])}
${bundle === undefined ? html`<p>${handoff.noProof}</p>` : bundlePart(bundle, view)}
${decided?.versions && versionList(decided.versions, view)}
</section>`
}

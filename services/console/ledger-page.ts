import { TILE_WIDTH, tileLevelSize, tilePath, tileWidthAt } from '#core/ledger/tile.ts'
import { definitionList } from '#web/definition-list.ts'
import { countText, time } from '#web/format-time.ts'
import { type Html, html } from '#web/html.ts'
import type { Content } from './layout.ts'
import type { Locale } from './locale.ts'
import type { LedgerHead } from './ports.ts'

const DEFAULT_GATEWAY = 'https://127.0.0.1:7400'

/** The newest tile of each level and the newest entries: from these every other tile follows. */
export function newestTiles(size: number): readonly string[] {
  const paths: string[] = []
  for (let level = -1; level < 0 || tileLevelSize(level, size) > 0; level += 1) {
    const name = level < 0 ? 'entries' : level
    const count = tileLevelSize(name, size)
    if (count === 0) break
    const index = Math.floor((count - 1) / TILE_WIDTH)
    paths.push(tilePath({ level: name, index, width: tileWidthAt(name, index, size) }))
  }
  return paths
}

function headPart(head: LedgerHead | undefined, { lang, texts }: Locale): Html {
  const { ledger } = texts
  if (!head) return html`<p>${ledger.none}</p>`
  return definitionList([
    [ledger.origin, html`<code>${head.origin}</code>`],
    [ledger.size, countText(head.size, lang)],
    [ledger.root, html`<code class="hash">${head.root}</code>`],
    [ledger.time, head.time === null ? ledger.unknownTime : time(head.time, lang)],
  ])
}

function publications(head: LedgerHead | undefined, gateway: string | undefined, { texts }: Locale): Html {
  const { ledger } = texts
  if (gateway === undefined) return html`<p>${ledger.noGateway}</p>`
  const link = (path: string, text: string) => html`<li><a href="${gateway}/ledger/${path}">${text}</a></li>`
  const tiles = head ? newestTiles(head.size).map((path) => link(path, path)) : []
  return html`<ul class="links">${link('checkpoint', ledger.checkpoint)}${link('vkey', ledger.vkey)}${tiles}</ul>`
}

/** The ledger's head, where it is published, and how to check it. */
export function ledgerPage(
  head: LedgerHead | undefined,
  gateway: string | undefined,
  locale: Locale,
): Content {
  const { ledger } = locale.texts
  const commands = [
    [`npx schakel audit ${gateway ?? DEFAULT_GATEWAY}/ledger`, ledger.audit],
    ['npx schakel fsck', ledger.fsck],
    ['npx schakel replay', ledger.replay],
  ] as const
  return {
    title: ledger.title,
    page: 'ledger',
    main: html`<h1>${ledger.title}</h1>
<p class="intro">${ledger.intro}</p>
<section aria-labelledby="head"><h2 id="head">${ledger.head}</h2>
${headPart(head, locale)}</section>
<section aria-labelledby="publications"><h2 id="publications">${ledger.publications}</h2>
<p>${ledger.publicationsIntro}</p>
${publications(head, gateway, locale)}
<h3>${ledger.commands}</h3>
${definitionList(
  commands.map(([command, meaning]) => [html`<code>${command}</code>`, meaning] as const),
  'facts commands',
)}</section>`,
  }
}

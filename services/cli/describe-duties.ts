import type { Epoch } from '#core/decision/epoch.ts'
import { dutyOwner, dutyStateWord, dutyWords } from '#core/duty/duty-words.ts'
import type { Language } from '#core/language.ts'
import type { DutyRow } from '#core/ports/fold.ts'
import { formatTable } from './format-table.ts'
import { partyName } from './party-names.ts'

const HEAD: Readonly<Record<Language, readonly string[]>> = {
  nl: ['einde', 'stand', 'termijn', 'van wie', 'overdracht', 'bericht'],
  en: ['due', 'state', 'duty', 'owner', 'hand-off', 'message'],
}

const WORDS = {
  nl: { duties: 'termijnen', by: 'beantwoordt', due: 'einde' },
  en: { duties: 'deadlines', by: 'answers', due: 'due' },
} as const

const ownerName = (row: DutyRow, epoch: Epoch): string => {
  const owner = dutyOwner(row)
  return owner === null ? 'schakel' : partyName(owner, epoch)
}

/** A line for each duty; the end of one whose clock stands is not known. */
export function dutyTable(rows: readonly DutyRow[], epoch: Epoch, lang: Language): readonly string[] {
  return formatTable(
    HEAD[lang],
    rows.map((row) => [
      row.state === 'awaiting' ? '–' : new Date(row.dueAt).toISOString(),
      dutyStateWord(row, lang),
      row.duty,
      ownerName(row, epoch),
      row.handoff,
      row.type,
    ]),
  )
}

/** For `why`: what the hand-off obliges to, and which duties of others it met or changed. */
export function describeDuties(
  of: readonly DutyRow[],
  by: readonly DutyRow[],
  epoch: Epoch,
  lang: Language,
): readonly string[] {
  const words = WORDS[lang]
  const width = 16
  const lines = (label: string, texts: readonly string[]) =>
    texts.map((text, index) => `  ${(index === 0 ? label : '').padEnd(width)}${text}`)
  const own = of.map((row) => {
    const { text, article } = dutyWords(row, epoch, lang)
    const end = row.state === 'awaiting' ? '' : `, ${words.due} ${new Date(row.dueAt).toISOString()}`
    const law = article === null ? '' : ` (${article})`
    return `${row.duty}: ${dutyStateWord(row, lang)}${end}; ${ownerName(row, epoch)}: ${text}${law}`
  })
  const others = by.map((row) => `${row.duty} ${row.handoff}: ${dutyStateWord(row, lang)}`)
  return [...lines(words.duties, own), ...lines(words.by, others)]
}

import type { Language } from '#core/language.ts'
import type { Epoch, RegisterRow } from './epoch.ts'

/** A code of a register in both languages. `entity`: Purpose, Basis, Obligation, Country …; `Approval`: the question of a guard. */
export interface CodeWord {
  readonly entity: string
  readonly code: string
  readonly nl: string
  readonly en: string
  /** `Approval` only: roles of persons that may answer. */
  readonly roles?: readonly string[]
}

/** Registers whose keys are codes of their own and carry words. */
const OWN = {
  Flag: 'flags',
  Country: 'countries',
  Approval: 'approvals',
  Handling: 'handling',
  Evaluation: 'evaluations',
} as const

const textIn = (row: RegisterRow, lang: Language, otherwise: string): string => {
  const text = row[lang]
  return typeof text === 'string' && text !== '' ? text : otherwise
}

const wordOf = (entity: string, code: string, row: RegisterRow): CodeWord => ({
  entity,
  code,
  nl: textIn(row, 'nl', code),
  en: textIn(row, 'en', code),
})

/** Every code that has words, of whatever date: a page also tells of yesterday. */
export function codeWords(epoch: Epoch): readonly CodeWord[] {
  const words: CodeWord[] = []
  for (const row of epoch.registers.get('codes')?.rows ?? [])
    if (typeof row['value'] === 'string') words.push(wordOf(String(row['entity']), row['value'], row))
  for (const [entity, name] of Object.entries(OWN)) {
    const register = epoch.registers.get(name)
    for (const row of register?.rows ?? []) {
      const code = row[register?.key ?? '']
      if (typeof code !== 'string') continue
      const word = wordOf(entity, code, row)
      words.push(entity === 'Approval' ? { ...word, roles: row['roles'] as readonly string[] } : word)
    }
  }
  return words
}

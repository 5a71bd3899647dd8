import type { Epoch, FactDeclaration } from '#core/decision/epoch.ts'
import { type FactType, parseFactType } from '#core/decision/fact-type.ts'
import type { FactValue } from '#core/decision/verdict.ts'
import type { Oin } from '#core/ids.ts'
import type { Language } from '#core/language.ts'
import { timeText } from '#web/format-time.ts'
import { codeName } from './name-words.ts'
import type { Texts } from './texts.ts'

/** Claims outside the data: codes and flags of the message itself. */
const SAFE_CLAIMS = ['context.', 'toExchange.preparedBy.automated']

/**
 * Whether the value of a fact may be shown. Never what was read from the data of this message or of one before it, nor a row
 * looked up by such data: of these the page says only that they are known.
 */
export function isShowable(fact: FactDeclaration): boolean {
  switch (fact.origin) {
    case 'T':
      return false
    case 'C':
      return SAFE_CLAIMS.some((path) => fact.source?.startsWith(path) === true)
    case 'R':
      return fact.key?.startsWith('data.') === false
    case 'A':
    case 'G':
    case 'X':
      return true
  }
}

/** The value of a fact in words; what does not fit its declared type is not shown. */
export function factWords(
  fact: FactDeclaration | undefined,
  value: FactValue,
  { epoch, lang, texts }: { readonly epoch: Epoch; readonly lang: Language; readonly texts: Texts },
): string {
  if (!fact || !isShowable(fact)) return texts.handoff.known
  const type = parseFactType(fact.type, `/facts/${fact.name}`)
  return words(type, value, { epoch, lang, texts }) ?? texts.handoff.known
}

interface Words {
  readonly epoch: Epoch
  readonly lang: Language
  readonly texts: Texts
}

function words(type: FactType, value: FactValue | undefined, context: Words): string | undefined {
  switch (type.kind) {
    case 'enum':
      return typeof value === 'string' ? codeName(type.name, value, context.lang, context.epoch) : undefined
    case 'set': {
      if (!Array.isArray(value)) return undefined
      const items = value.map((item: FactValue) => words(type.of, item, context))
      if (items.includes(undefined)) return undefined
      return items.length === 0 ? context.texts.list.nothing : items.join(', ')
    }
    case 'record':
      return recordWords(type.fields, value, context)
    case 'primitive':
      return primitiveWords(type.name, value, context)
  }
}

function recordWords(
  fields: ReadonlyMap<string, { readonly type: FactType }>,
  value: FactValue | undefined,
  context: Words,
): string | undefined {
  if (typeof value !== 'object' || Array.isArray(value)) return undefined
  const given = value as Readonly<Record<string, FactValue>>
  const parts: string[] = []
  for (const [name, field] of fields) {
    if (!Object.hasOwn(given, name)) continue
    const text = words(field.type, given[name], context)
    if (text === undefined) return undefined
    parts.push(`${name}: ${text}`)
  }
  return parts.join('; ')
}

function primitiveWords(
  name: 'Boolean' | 'Long' | 'String' | 'datetime',
  value: FactValue | undefined,
  { epoch, lang, texts }: Words,
): string | undefined {
  if (name === 'Boolean')
    return typeof value === 'boolean' ? (value ? texts.handoff.yes : texts.handoff.no) : undefined
  if (name === 'datetime') return typeof value === 'number' ? timeText(value, lang) : undefined
  if (name === 'Long') return typeof value === 'number' ? String(value) : undefined
  // An OIN among these texts is a partner.
  return typeof value === 'string' ? (epoch.partners.get(value as Oin)?.name ?? value) : undefined
}

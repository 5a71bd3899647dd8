import { codeWords } from '#core/decision/code-words.ts'
import type { Epoch, MessageType } from '#core/decision/epoch.ts'
import { fieldOf } from '#core/decision/show-members.ts'
import { type EndpointUrn, oinOf, type TypeName } from '#core/ids.ts'
import type { Language } from '#core/language.ts'

const codes = new WeakMap<Epoch, ReadonlyMap<string, Readonly<Record<Language, string>>>>()
const titles = new WeakMap<MessageType, Readonly<Record<Language, string>>>()

const textIn = (row: Readonly<Record<string, unknown>>, lang: Language, otherwise: string): string => {
  const text = row[lang]
  return typeof text === 'string' && text !== '' ? text : otherwise
}

/** Name of the partner whose endpoint this is, and the endpoint's own name; the urn for what nobody registered. */
export function partyName(
  urn: EndpointUrn,
  epoch: Epoch,
): { readonly partner: string; readonly endpoint: string | null } {
  if (urn === epoch.exchange) return { partner: 'Schakel', endpoint: null }
  const partner = epoch.partners.get(oinOf(urn))
  if (!partner) return { partner: urn, endpoint: null }
  return {
    partner: partner.name,
    endpoint: epoch.endpoints.get(urn)?.name ?? urn.slice(urn.lastIndexOf(':') + 1),
  }
}

/** What the schema calls this type of message; its technical name where it says nothing. */
export function typeTitle(name: string, lang: Language, epoch: Epoch): string {
  const type = epoch.types.get(name as TypeName)
  if (!type) return name
  const known = titles.get(type) ?? readTitle(type)
  titles.set(type, known)
  return known[lang]
}

function readTitle(type: MessageType): Readonly<Record<Language, string>> {
  let schema: unknown = null
  try {
    schema = JSON.parse(type.text)
  } catch {
    // Control accepted this text as a schema; a page is no place to fail over a title.
  }
  const row =
    typeof schema === 'object' && schema !== null ? (schema as Readonly<Record<string, unknown>>) : {}
  return { nl: textIn(row, 'nl', type.name), en: textIn(row, 'en', type.name) }
}

/** A data member as the schema calls it; elements of an array are counted from 1. */
export function memberName(member: string, type: MessageType | undefined, lang: Language): string {
  const name = fieldOf(member)
  const field = type?.fields.find((each) => each.name === name)
  const element = member === name ? '' : ` ${Number(member.slice(name.length + 1)) + 1}`
  return `${field?.[lang] ?? name}${element}`
}

/** A code in words, from the register `codes`; the code itself where the register says nothing. */
export function codeName(entity: string, value: string, lang: Language, epoch: Epoch): string {
  const known = codes.get(epoch) ?? readCodes(epoch)
  codes.set(epoch, known)
  return known.get(`${entity}:${value}`)?.[lang] ?? value
}

function readCodes(epoch: Epoch): ReadonlyMap<string, Readonly<Record<Language, string>>> {
  return new Map(codeWords(epoch).map((word) => [`${word.entity}:${word.code}`, word]))
}

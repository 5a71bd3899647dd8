import type { Verified } from '#core/message/content.ts'
import type { Member } from './verdict.ts'

/**
 * The members of a message (design §5): each data disclosure with a value, array elements included (`items/0`), plus what
 * `withheldBySender` names. Class: of the element, else of the field, else of the whole message.
 */
export function deriveMembers(message: Verified): readonly Member[] {
  const { data, context, type, toExchange } = message
  const members: Member[] = []
  for (const field of type.fields) {
    const withheldBySender = toExchange.withheldBySender.includes(field.name)
    const value = Object.hasOwn(data, field.name) ? data[field.name] : undefined
    if (!withheldBySender && (value === null || value === undefined)) continue
    const base = classOf(context.fieldClass, field.name) ?? context.wpgClass
    const add = (name: string, wpgClass: string | null) =>
      members.push({ name, category: field.category, wpgClass, withheldBySender })
    add(field.name, base)
    if (!field.perItem || !Array.isArray(value) || withheldBySender) continue
    value.forEach((_, index) => {
      const name = `${field.name}/${index}`
      add(name, classOf(context.fieldClass, name) ?? base)
    })
  }
  return members
}

function classOf(classes: Readonly<Record<string, string>> | null, name: string): string | null {
  return classes && Object.hasOwn(classes, name) ? (classes[name] ?? null) : null
}

import { fail } from '#core/failure.ts'

/** A CloudEvents 1.0 event: context attributes as canonical strings, `datacontenttype` among them, and its data. */
export interface CloudEvent {
  readonly attributes: Readonly<Record<string, string>>
  /** null = no data, which is not the same as empty data. */
  readonly data: Uint8Array | null
}

/** The attributes of every message of ours; each repeats what is signed inside (design §4). */
export interface OuterAttributes {
  readonly specversion: '1.0'
  readonly id: string
  readonly source: string
  readonly type: string
  readonly subject: string
  readonly time: string
  readonly dataschema: string
}

const SCHEMAS = 'https://schakel.example.nl/schemas/'
const NAME = /^[a-z0-9]+$/
const TIME =
  /^[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])[Tt](?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])$/
const URI_REFERENCE = /^(?:[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})+$/
const ABSOLUTE_URI = /^[A-Za-z][A-Za-z0-9+.-]*:/
const REQUIRED = ['id', 'source', 'specversion', 'type']

/** C0, C1, noncharacters (CloudEvents 1.0 §Type System, String); surrogates are checked apart. */
function isString(value: string): boolean {
  if (!value.isWellFormed()) return false
  for (const character of value) {
    const point = character.codePointAt(0) ?? 0
    const isControl = point <= 0x1f || (point >= 0x7f && point <= 0x9f)
    const isNoncharacter = (point & 0xfffe) === 0xfffe || (point >= 0xfdd0 && point <= 0xfdef)
    if (isControl || isNoncharacter) return false
  }
  return true
}

/** JSON pointer to an attribute; a name that is none of the profile's is not repeated. */
export function attributePointer(name: string): string {
  return NAME.test(name) && name.length <= 40 ? `/ce-${name}` : '/'
}

/** Whether one value has the form that CloudEvents 1.0 demands of the attribute of that name. */
function isValid(name: string, value: string): boolean {
  if (value === '' || !isString(value)) return false
  if (name === 'specversion') return value === '1.0'
  if (name === 'time') return TIME.test(value)
  if (name === 'source') return URI_REFERENCE.test(value)
  if (name === 'dataschema') return URI_REFERENCE.test(value) && ABSOLUTE_URI.test(value)
  return true
}

/**
 * The MUSTs of CloudEvents 1.0.2 for context attributes; those of the Dutch profile are in `cloudevents-lint.ts`.
 * Throws `MSG_CLAIM` with the attribute as pointer, never its value.
 */
export function checkAttributes(attributes: Readonly<Record<string, string>>): void {
  for (const name of REQUIRED) if (!Object.hasOwn(attributes, name)) fail('MSG_CLAIM', attributePointer(name))
  for (const [name, value] of Object.entries(attributes))
    if (!NAME.test(name) || name === 'data' || !isValid(name, value))
      fail('MSG_CLAIM', attributePointer(name))
}

/** Address of the published meaning of a type: `dataschema`. */
export function dataschemaOf(vct: string): string {
  return `${SCHEMAS}${vct}`
}

/** RFC 3339 in UTC, whole seconds (downwards): the outer form of `iat`. `at` in ms. */
export function timeOf(at: number): string {
  return `${new Date(Math.floor(at / 1000) * 1000).toISOString().slice(0, 19)}Z`
}

/** What a message says outside, from what is signed inside; `iat` in ms. */
export function outerAttributes(
  visible: { readonly jti: string; readonly iss: string; readonly vct: string; readonly iat: number },
  subject: string,
): OuterAttributes {
  return {
    specversion: '1.0',
    id: visible.jti,
    source: visible.iss,
    type: visible.vct,
    subject,
    time: timeOf(visible.iat),
    dataschema: dataschemaOf(visible.vct),
  }
}

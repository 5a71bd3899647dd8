/** NL GOV profile for CloudEvents 1.1 (Logius, 2026-03-17), with the lint that it lacks: no BSN in what everybody on the way can read. */

export interface Finding {
  /** error: a MUST of the profile, or personal data; warn: a SHOULD. */
  readonly level: 'error' | 'warn'
  readonly attribute: string
  readonly rule:
    | 'name'
    | 'name-length'
    | 'required'
    | 'source'
    | 'type'
    | 'dataschema'
    | 'traceparent'
    | 'bsn'
}

const NAME = /^[a-z0-9]+$/
const NAME_LENGTH = 20
const SOURCE =
  /^urn:nld:(oin:[0-9]{8}[0-9A-Z]{12}|kvknr:[0-9]{8})(:systeem:[A-Za-z0-9][A-Za-z0-9._~%-]{0,99})$/
const TYPE = /^[a-z]{2,}(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?){2,}(\.v[1-9][0-9]*)?$/
const VERSION = /^v[0-9]+$/
const TRACEPARENT = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/
const DATASCHEMA = /^https:\/\/[^\s?#]+$/
const REQUIRED = ['id', 'source', 'specversion', 'type']

/** Nine digits, also as 1234.56.789, 123.456.789 or with spaces or dashes. */
const NINE =
  /(?<![0-9])(?:[0-9]{9}|[0-9]{4}[ .-][0-9]{2}[ .-][0-9]{3}|[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{3})(?![0-9])/g
/** Our own closed forms, random or counted: UUIDs, 128-bit references, hand-off ids, times. */
const OURS =
  /^(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}|ho-[0-9]{1,2}-[0-9]{1,15}-[0-9a-f]{16}|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2})$/

/** Elfproef of a burgerservicenummer: weights 9 … 2 and −1, sum a multiple of 11, not all zeros. */
function passesElfproef(digits: string): boolean {
  const sum = [...digits].reduce(
    (total, digit, index) => total + Number(digit) * (index === 8 ? -1 : 9 - index),
    0,
  )
  return sum % 11 === 0 && digits !== '000000000'
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Whether a text holds nine digits that pass the elfproef: treated as a BSN, whatever it was meant to be. */
export function holdsBsn(text: string): boolean {
  if (OURS.test(text)) return false
  return [text, unescaped(text)].some((form) =>
    [...form.matchAll(NINE)].some(([digits]) => passesElfproef(digits.replace(/[^0-9]/g, ''))),
  )
}

function* ruleFindings(name: string, value: string): Generator<Finding> {
  if (!NAME.test(name)) yield { level: 'error', attribute: name, rule: 'name' }
  else if (name.length > NAME_LENGTH) yield { level: 'warn', attribute: name, rule: 'name-length' }
  if (name === 'source' && !SOURCE.test(value)) yield { level: 'warn', attribute: name, rule: 'source' }
  if (name === 'type') {
    const versions = value.split('.').filter((part) => VERSION.test(part)).length
    if (!TYPE.test(value) || versions > 1) yield { level: 'error', attribute: name, rule: 'type' }
  }
  if (name === 'dataschema' && !DATASCHEMA.test(value))
    yield { level: 'error', attribute: name, rule: 'dataschema' }
  if (name === 'traceparent' && !TRACEPARENT.test(value))
    yield { level: 'error', attribute: name, rule: 'traceparent' }
  if (holdsBsn(value)) yield { level: 'error', attribute: name, rule: 'bsn' }
}

/** All findings for the attributes of one event, in the order of the attributes; [] = within the profile. Values are never repeated. */
export function lintAttributes(attributes: Readonly<Record<string, string>>): readonly Finding[] {
  const findings: Finding[] = []
  for (const name of REQUIRED)
    if (!Object.hasOwn(attributes, name)) findings.push({ level: 'error', attribute: name, rule: 'required' })
  for (const [name, value] of Object.entries(attributes)) findings.push(...ruleFindings(name, value))
  return findings
}

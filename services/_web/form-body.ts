/** What a form sent, as texts. */
export type FormBody = Readonly<Record<string, string>>

const FIELDS_MAX = 200

/**
 * `application/x-www-form-urlencoded` as the browser sends it: the first value of each name, line ends as `\n`, trimmed. undefined
 * when it is not UTF-8 or has too many fields.
 */
export function parseFormBody(bytes: Buffer): FormBody | undefined {
  const fields: Record<string, string> = Object.create(null) as Record<string, string>
  let count = 0
  for (const [name, value] of new URLSearchParams(bytes.toString('latin1'))) {
    count += 1
    // What is not UTF-8 decodes to the replacement character, which nobody types.
    if (count > FIELDS_MAX || `${name}${value}`.includes('\uFFFD')) return undefined
    fields[name] ??= value.toWellFormed().replace(/\r\n?/g, '\n').trim()
  }
  return fields
}

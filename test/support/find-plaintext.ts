/** Looks for values that must not be there, as they are and in base64 of any alignment: disclosures are base64url of JSON. */
function needles(value: string): readonly Buffer[] {
  const plain = Buffer.from(value, 'utf8')
  const json = Buffer.from(JSON.stringify(value).slice(1, -1), 'utf8')
  const found = [plain, json]
  for (const text of [plain, json]) {
    for (let shift = 0; shift < 3; shift += 1) {
      const padded = Buffer.concat([Buffer.alloc(shift), text])
      for (const encoding of ['base64url', 'base64'] as const) {
        const encoded = padded.toString(encoding).replace(/=+$/, '')
        // Characters that mix with what stands before or after the value are cut off.
        const from = shift === 0 ? 0 : shift + 1
        const whole = encoded.slice(from, encoded.length - (padded.length % 3 === 0 ? 0 : 1))
        if (whole.length >= 8) found.push(Buffer.from(whole, 'ascii'))
      }
    }
  }
  return found
}

/** The values that occur in the bytes, in any of the forms. */
export function findPlaintext(values: readonly string[], bytes: Uint8Array): readonly string[] {
  const haystack = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return values.filter((value) => needles(value).some((needle) => haystack.includes(needle)))
}

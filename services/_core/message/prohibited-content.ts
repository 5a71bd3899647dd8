import { asFailure, fail } from '#core/failure.ts'
import { parseStrictText } from './strict-json.ts'

const DATA_URI = /^\s*data:(?:image|video)\//i
const BASE64 = /^[A-Za-z0-9+/_-]{24,}={0,2}$/
const BASE64_INSIDE = /[A-Za-z0-9+/_-]{64,}/g
const DATA_URI_INSIDE = /data:(?:image|video)\/[a-z0-9.+-]+[;,]/i

/** First bytes of picture and film formats: JPEG, PNG, GIF, BMP, TIFF, WebP, AVI, HEIC/AVIF/MP4 (ftyp), Matroska/WebM. */
const MAGIC: readonly { readonly at: number; readonly bytes: string }[] = [
  { at: 0, bytes: 'ffd8ff' },
  { at: 0, bytes: '89504e470d0a1a0a' },
  { at: 0, bytes: '474946383761' },
  { at: 0, bytes: '474946383961' },
  { at: 0, bytes: '49492a00' },
  { at: 0, bytes: '4d4d002a' },
  { at: 8, bytes: '57454250' },
  { at: 8, bytes: '41564920' },
  { at: 4, bytes: '66747970' },
  { at: 0, bytes: '1a45dfa3' },
]

function isImagery(base64: string): boolean {
  const head = Buffer.from(base64.slice(0, 32), 'base64').toString('hex')
  return MAGIC.some(({ at, bytes }) => head.startsWith(bytes, at * 2))
}

/** Shorter than the shortest picture in base64 that is looked for, and than `data:image/`: nothing below can match. */
const NAME_MAX = 'data:image/'.length - 1
const BASE64_MIN = 24

function check(text: string, pointer: string): void {
  if (text.length <= NAME_MAX) return
  if (DATA_URI.test(text) || DATA_URI_INSIDE.test(text)) fail('MSG_CONTENT_PROHIBITED', pointer)
  if (text.length < BASE64_MIN) return
  const compact = text.replace(/[\r\n\t ]+/g, '')
  if (BASE64.test(compact) && isImagery(compact)) fail('MSG_CONTENT_PROHIBITED', pointer)
  for (const [run] of text.matchAll(BASE64_INSIDE))
    if (isImagery(run)) fail('MSG_CONTENT_PROHIBITED', pointer)
}

/** No imagery in a message, ever (G18; Sr 252): a string that carries a picture or film in any usual wrapping is refused. */
export function refuseImagery(value: unknown, pointer: string): void {
  if (typeof value === 'string') {
    check(value, pointer)
  } else if (Array.isArray(value)) {
    value.forEach((item, index) => {
      refuseImagery(item, `${pointer}/${index}`)
    })
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) refuseImagery(item, `${pointer}/${name}`)
  }
}

/**
 * Whether opened bytes that were refused carry imagery anywhere: then no copy of them is kept. What does not decode is looked at as
 * text; nothing here judges the message itself.
 */
export function carriesImagery(sdJwt: string): boolean {
  const [issuerJwt = '', ...disclosures] = sdJwt.split('~')
  return [...issuerJwt.split('.'), ...disclosures].some(isPicture)
}

function isPicture(encoded: string): boolean {
  const text = Buffer.from(encoded, 'base64url').toString('utf8')
  try {
    check(encoded, '/')
    check(text, '/')
    refuseImagery(jsonOf(text), '/')
    return false
  } catch (error) {
    if (asFailure(error).code === 'MSG_CONTENT_PROHIBITED') return true
    throw error
  }
}

function jsonOf(text: string): unknown {
  try {
    return parseStrictText(text)
  } catch {
    return null
  }
}

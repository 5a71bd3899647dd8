import { pointsAtImagery } from './points-at-imagery.ts'

export type ContactPolicy = 'POLICE_OK' | 'HOTLINE_ONLY' | 'ANONYMOUS'

/** What a reporter tells. Nothing in it says who tells it, except `contact`, which only a reporter who wants it gives. */
export interface TipReport {
  readonly facts: string
  readonly place: string
  /** ISO 3166-1 alpha-2 */
  readonly country: string
  /** RFC 3339, UTC; the form asks a day. */
  readonly observedAt: string | null
  readonly suspectDescription: string | null
  readonly childAtRisk: boolean
  readonly contactPolicy: ContactPolicy
  readonly contact: string | null
}

export type TipFault = 'required' | 'too-long' | 'not-valid' | 'in-future' | 'imagery'
export type TipField = 'facts' | 'place' | 'country' | 'observedOn' | 'suspect' | 'contactPolicy' | 'contact'

export type TipReading =
  | { readonly kind: 'read'; readonly report: TipReport }
  | { readonly kind: 'refused'; readonly faults: Readonly<Partial<Record<TipField, TipFault>>> }

/** Lengths of `tip.ngo.forwarded` and `tip.followup.answer`: what fits here fits there. */
export const TIP_LENGTHS = {
  facts: 8_000,
  place: 200,
  suspect: 4_000,
  contact: 200,
  assessment: 4_000,
  answer: 4_000,
} as const

/** All of those at once, in a script whose letters take nine bytes in a form. */
export const TIP_FORM_BYTES = 192 * 1024

const POLICIES: readonly ContactPolicy[] = ['POLICE_OK', 'HOTLINE_ONLY', 'ANONYMOUS']
/** What the schema of the forwarded tip refuses: control characters but line end and tab, overrides of direction, lone surrogates. */
const CONTROL = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069\uD800-\uDFFF]/u
const MORE_LINES = /[\n\t\u2028\u2029]/

/**
 * The form as posted, read whole. Fields that the form does not have are not looked at, so nothing else can be stored. `now`: ms
 * since 1970. ANONYMOUS drops a contact that was typed nevertheless: the later choice counts.
 */
export function readTipForm(body: Readonly<Record<string, string>>, now: number): TipReading {
  const given = (name: string): string => (body[name] ?? '').trim()
  const observed = readDay(given('observedOn'), now)
  const policy = POLICIES.find((one) => one === given('contactPolicy'))
  const contact = policy === 'ANONYMOUS' ? '' : given('contact')
  const found: readonly (readonly [TipField, TipFault | undefined])[] = [
    ['facts', textFault(given('facts'), TIP_LENGTHS.facts, true)],
    ['place', lineFault(given('place'), TIP_LENGTHS.place, true)],
    [
      'country',
      /^[A-Z]{2}$/.test(given('country')) ? undefined : given('country') === '' ? 'required' : 'not-valid',
    ],
    ['observedOn', typeof observed === 'object' ? undefined : observed],
    ['suspect', textFault(given('suspect'), TIP_LENGTHS.suspect, false)],
    ['contactPolicy', policy ? undefined : given('contactPolicy') === '' ? 'required' : 'not-valid'],
    ['contact', lineFault(contact, TIP_LENGTHS.contact, false)],
  ]
  const faults = Object.fromEntries(found.filter(([, fault]) => fault !== undefined))
  if (Object.keys(faults).length > 0 || typeof observed !== 'object' || !policy)
    return { kind: 'refused', faults: faults as Partial<Record<TipField, TipFault>> }
  return {
    kind: 'read',
    report: {
      facts: given('facts'),
      place: given('place'),
      country: given('country'),
      observedAt: observed.at,
      suspectDescription: given('suspect') || null,
      childAtRisk: given('childAtRisk') === 'yes',
      contactPolicy: policy,
      contact: contact || null,
    },
  }
}

/** What is wrong with free text, of a reporter or of the staff; undefined = nothing. */
export function textFault(text: string, most: number, required: boolean): TipFault | undefined {
  if (text === '') return required ? 'required' : undefined
  if (text.length > most) return 'too-long'
  if (CONTROL.test(text)) return 'not-valid'
  return pointsAtImagery(text) ? 'imagery' : undefined
}

function lineFault(text: string, most: number, required: boolean): TipFault | undefined {
  return textFault(text, most, required) ?? (MORE_LINES.test(text) ? 'not-valid' : undefined)
}

/** Where a day begins first (UTC+14): a traveller there may write a day that UTC does not have yet. */
const FARTHEST_EAST_MS = 14 * 3_600_000

/** A day as a date field sends it, never later than now; an empty one is nothing known. */
function readDay(text: string, now: number): { readonly at: string | null } | TipFault {
  if (text === '') return { at: null }
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return 'not-valid'
  const at = Date.parse(`${text}T00:00:00Z`)
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) return 'not-valid'
  if (at > now + FARTHEST_EAST_MS) return 'in-future'
  return { at: new Date(Math.min(at, now)).toISOString() }
}

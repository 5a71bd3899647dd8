import type { FormBody } from '#web/form-body.ts'

export type Fault = 'required' | 'too-long' | 'not-valid' | 'in-future'
export type Faults = Readonly<Record<string, Fault>>

/** What the message schemas refuse in texts: control characters but line end and tab, overrides of direction. */
const CONTROL = /[^\P{Cc}\n\t]|[\u202A-\u202E\u2066-\u2069]/u
const BREAK = /[\n\t\u2028\u2029]/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Reads fields one after the other and remembers what is wrong with each. */
export class Fields {
  readonly faults: Record<string, Fault> = {}
  readonly #body: FormBody
  readonly #now: number

  /** `now`, ms: no day may lie after it unless it may. */
  constructor(body: FormBody, now: number) {
    this.#body = body
    this.#now = now
  }

  get ok(): boolean {
    return Object.keys(this.faults).length === 0
  }

  /** Empty unless required; one line of at most `most` characters. */
  line(name: string, most: number, required = true): string {
    const value = this.text(name, most, required)
    if (BREAK.test(value)) this.faults[name] ??= 'not-valid'
    return value
  }

  text(name: string, most: number, required = true): string {
    const value = (this.#body[name] ?? '').trim()
    if (value === '') {
      if (required) this.faults[name] = 'required'
    } else if (value.length > most) this.faults[name] = 'too-long'
    else if (CONTROL.test(value)) this.faults[name] = 'not-valid'
    return value
  }

  choice<T extends string>(name: string, choices: readonly T[]): T | undefined {
    const value = this.text(name, 100)
    const found = choices.find((one) => one === value)
    if (value !== '' && found === undefined) this.faults[name] = 'not-valid'
    return found
  }

  /** A calendar day that exists. */
  day(name: string, when: 'past' | 'future', required = true): string {
    const value = this.text(name, 10, required)
    if (value === '') return value
    const at = DAY.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN
    if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== value) this.faults[name] = 'not-valid'
    else if (when === 'past' && at > this.#now) this.faults[name] = 'in-future'
    else if (when === 'future' && at <= this.#now) this.faults[name] = 'not-valid'
    return value
  }

  country(name: string, required = true): string {
    const value = this.line(name, 2, required).toUpperCase()
    if (value !== '' && !/^[A-Z]{2}$/.test(value)) this.faults[name] ??= 'not-valid'
    return value
  }

  /** Codes apart by blanks or commas, each once. */
  countries(name: string, most: number): readonly string[] {
    const words = this.line(name, 40)
      .toUpperCase()
      .split(/[\s,;]+/)
      .filter(Boolean)
    const codes = [...new Set(words)]
    if (codes.length > most || codes.some((code) => !/^[A-Z]{2}$/.test(code)))
      this.faults[name] ??= 'not-valid'
    return codes
  }

  yes(name: string): boolean {
    return this.#body[name] === 'yes'
  }

  fault(name: string, fault: Fault): void {
    this.faults[name] ??= fault
  }
}

/** Null for what was left empty. */
export const orNull = (text: string): string | null => (text === '' ? null : text)

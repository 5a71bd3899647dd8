/** What the registers of an epoch say of duties, read from the artefacts themselves. */
import type { ArtefactStore } from '#core/ports/artefact-store.ts'
import { type Days, endOf, reminderOf, startOf } from './duty-term.ts'

export interface Follow {
  readonly relation: string
  readonly types?: readonly string[]
}

export interface DutyText {
  readonly duty: string
  readonly kind: string
  readonly owner: string
  readonly starts: {
    readonly types: readonly string[]
    readonly from?: readonly string[]
    readonly to?: readonly string[]
    readonly when?: Readonly<Record<string, unknown>>
  }
  readonly clock: string
  readonly term: string | null
  readonly calendar: string
  readonly rolls?: boolean
  readonly remind?: string
  readonly metBy?: Follow
  readonly awaits?: Follow & { readonly state: string }
  readonly restartedBy?: Follow
  readonly endedBy?: Follow
  readonly from: string
  readonly until: string
}

interface PartnerText {
  readonly id: string
  readonly oin: string
  readonly country: string
  readonly via: string | null
  readonly endpoints: Readonly<Record<string, { readonly roles: readonly string[] }>>
}

type Rows<T> = { readonly rows: readonly T[] } | undefined

/** Sender, recipient and type of a hand-off. */
export interface Parties {
  readonly from: string
  readonly to: string
  readonly type: string
}

interface TimedRow {
  readonly text: DutyText
  readonly from: number
  readonly until: number
}

const AMSTERDAM: Days = { hours: 1, summer: true, free: new Set() }
const timeOf = (text: string): number => (text.endsWith('Z') ? Date.parse(text) : startOf(text, AMSTERDAM))
const oinIn = (urn: string): string => urn.split(':')[3] ?? ''

export class DutyLaw {
  readonly #rows: readonly TimedRow[]
  readonly #partners: readonly PartnerText[]
  readonly #days = new Map<string, Days>()

  constructor(files: ReadonlyMap<string, unknown>) {
    const register = (name: string) => files.get(`contracts/register/${name}.json`)
    const duties = (register('duties') as Rows<DutyText>)?.rows ?? []
    this.#rows = duties.map((text) => ({ text, from: timeOf(text.from), until: timeOf(text.until) }))
    this.#partners = [...files]
      .filter(([path]) => path.startsWith('contracts/partner/'))
      .map(([, file]) => file as PartnerText)
    const holidays =
      (register('holidays') as Rows<{ readonly country: string; readonly date: string }>)?.rows ?? []
    const calendars =
      (register('calendars') as Rows<{ country: string; hours: number; summer: boolean }>)?.rows ?? []
    for (const { country, hours, summer } of calendars) {
      const free = new Set(holidays.filter((one) => one.country === country).map((one) => one.date))
      this.#days.set(country, { hours, summer, free })
    }
  }

  /** The row that a duty begun at `at` has, or had. */
  row(duty: string, at: number): DutyText | undefined {
    return this.#rows.find(({ text, from, until }) => text.duty === duty && from <= at && at < until)?.text
  }

  /** Rows in force at `at` that speak of these parties, whatever the content. */
  rowsFor(parties: Parties, at: number): readonly DutyText[] {
    return this.#rows
      .filter(({ text, from, until }) => text.starts.types.includes(parties.type) && from <= at && at < until)
      .map(({ text }) => text)
      .filter((text) => this.speaksOf(text, parties))
  }

  speaksOf({ starts }: DutyText, { type, from, to }: Parties): boolean {
    return starts.types.includes(type) && this.#isOne(from, starts.from) && this.#isOne(to, starts.to)
  }

  #isOne(urn: string, roles: readonly string[] | undefined): boolean {
    const own = this.#partnerOf(urn)?.endpoints[urn.split(':')[5] ?? '']?.roles ?? []
    return roles === undefined || roles.some((role) => own.includes(role))
  }

  #partnerOf(urn: string): PartnerText | undefined {
    return this.#partners.find((one) => one.oin === oinIn(urn))
  }

  /** Whether `urn` speaks for `whose`: the same organisation, or the carrier of a body without keys. */
  speaksFor(urn: string, whose: string): boolean {
    const carrier = this.#partnerOf(whose)?.via
    return oinIn(urn) === oinIn(whose) || (carrier != null && this.#partnerOf(urn)?.id === carrier)
  }

  /** The end of what began to count at `since`, and the moment of its reminder before that. */
  counted(row: DutyText, { from, to }: Parties, since: number): { due: number; remind: number | null } {
    const country = (urn: string) => this.#partnerOf(urn)?.country ?? 'NL'
    const named =
      row.calendar === 'sender' ? country(from) : row.calendar === 'recipient' ? country(to) : row.calendar
    const days = this.#days.get(named) ?? this.#days.get('NL') ?? AMSTERDAM
    const due = row.term === null ? since : endOf(since, row.term, days, row.rolls === true)
    return { due, remind: row.remind === undefined ? null : reminderOf(due, row.remind, days) }
  }
}

const NO_FILES: ReadonlyMap<string, string> = new Map()

/** The law of each epoch, read when it is first asked for. */
export class DutyLaws {
  readonly #artefacts: Pick<ArtefactStore, 'get'>
  readonly #files: ReadonlyMap<number, ReadonlyMap<string, string>>
  readonly #read = new Map<ReadonlyMap<string, string>, DutyLaw>()

  constructor(
    artefacts: Pick<ArtefactStore, 'get'>,
    files: ReadonlyMap<number, ReadonlyMap<string, string>>,
  ) {
    this.#artefacts = artefacts
    this.#files = files
  }

  async at(epoch: number): Promise<DutyLaw> {
    const files = this.#files.get(epoch) ?? NO_FILES
    const known = this.#read.get(files)
    if (known) return known
    const parsed = new Map<string, unknown>()
    for (const [path, sha256] of files) {
      // What is missing or broken is told where control is checked.
      const bytes = await this.#artefacts.get(sha256).catch(() => undefined)
      if (bytes) parsed.set(path, parse(bytes))
    }
    const law = new DutyLaw(parsed)
    this.#read.set(files, law)
    return law
  }
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

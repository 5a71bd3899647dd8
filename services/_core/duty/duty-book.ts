/** The duties of one epoch, ready to be asked by type and by name: the registers duties, calendars and holidays. */
import type { Endpoint, Epoch, Register } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import type { EndpointUrn } from '#core/ids.ts'
import { oinOf } from '#core/ids.ts'
import type { Calendar } from './calendar.ts'
import type { DutyRule, Follow } from './duty-rule.ts'

const HOUR = 3_600_000
/** Of a country whose own calendar is not in the register. */
const DEFAULT_COUNTRY = 'NL'

interface Book {
  readonly byType: ReadonlyMap<string, readonly DutyRule[]>
  readonly byName: ReadonlyMap<string, readonly DutyRule[]>
  readonly calendars: ReadonlyMap<string, Calendar>
  /** Types that touch duties of their case without naming a hand-off. */
  readonly caseTypes: ReadonlySet<string>
}

const BOOKS = new WeakMap<Epoch['registers'], Book>()
const EMPTY: Book = { byType: new Map(), byName: new Map(), calendars: new Map(), caseTypes: new Set() }

/** An epoch never changes; one without these registers lays no duties on anybody. */
function bookOf({ registers }: Pick<Epoch, 'registers'>): Book {
  const duties = registers.get('duties')
  if (!duties) return EMPTY
  const known = BOOKS.get(registers)
  if (known) return known
  const rules = duties.rows as readonly DutyRule[]
  const byType = new Map<string, DutyRule[]>()
  for (const rule of rules)
    for (const type of rule.starts.types) byType.set(type, [...(byType.get(type) ?? []), rule])
  const made: Book = {
    byType,
    byName: Map.groupBy(rules, (rule) => rule.duty),
    calendars: readCalendars(registers.get('calendars'), registers.get('holidays')),
    caseTypes: new Set(rules.flatMap(followsOf).flatMap((one) => (one.relation === 'case' ? one.types : []))),
  }
  BOOKS.set(registers, made)
  return made
}

export const followsOf = (rule: DutyRule): readonly Follow[] =>
  [rule.metBy, rule.awaits, rule.restartedBy, rule.endedBy].filter((one) => one !== null)

function readCalendars(
  calendars: Register | undefined,
  holidays: Register | undefined,
): ReadonlyMap<string, Calendar> {
  return new Map(
    (calendars?.rows ?? []).map((row) => {
      const country = String(row['country'])
      const days = (holidays?.rows ?? []).filter((day) => day['country'] === country)
      const calendar: Calendar = {
        country,
        offset: Number(row['hours']) * HOUR,
        summer: row['summer'] === true,
        holidays: new Set(days.map((day) => String(day['date']))),
      }
      return [country, calendar]
    }),
  )
}

/** Rules in force at `at` that a hand-off of this type may begin. */
export function rulesOfType(epoch: Epoch, type: string, at: number): readonly DutyRule[] {
  return (bookOf(epoch).byType.get(type) ?? []).filter((rule) => rule.from <= at && at < rule.until)
}

/** The rule of a duty that began at `startedAt`, as this epoch has it; undefined when no row lays it on anybody any more. */
export function ruleOf(epoch: Epoch, duty: string, startedAt: number): DutyRule | undefined {
  return bookOf(epoch)
    .byName.get(duty)
    ?.find((rule) => rule.from <= startedAt && startedAt < rule.until)
}

export function touchesCase(epoch: Epoch, type: string): boolean {
  return bookOf(epoch).caseTypes.has(type)
}

/** Whose working days count (domain A-29: the replier's), by the countries of the parties; an unknown country's are those of NL. */
export function calendarOf(epoch: Epoch, rule: DutyRule, from: EndpointUrn, to: EndpointUrn): Calendar {
  const { calendars } = bookOf(epoch)
  const country = (urn: EndpointUrn) => epoch.partners.get(oinOf(urn))?.country ?? DEFAULT_COUNTRY
  const wanted =
    rule.calendar === 'sender' ? country(from) : rule.calendar === 'recipient' ? country(to) : rule.calendar
  return (
    calendars.get(wanted) ??
    calendars.get(DEFAULT_COUNTRY) ??
    fail('OPS_CONTROL', 'contracts/register/calendars.json')
  )
}

export const hasRole = (endpoint: Endpoint, roles: readonly string[] | null): boolean =>
  roles === null || roles.some((role) => endpoint.roles.includes(role))

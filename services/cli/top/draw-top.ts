/** `TopState` as lines of at most 80 columns. Colour only marks what must be looked at; without it a `!` does. */
import type { TopState } from './top-state.ts'

export interface DrawOptions {
  readonly color: boolean
  /** Most lines; the table of verdicts gives way. */
  readonly rows?: number
}

const WIDTH = 80
const LABEL = 10
const CELL = 4
const RED = '\x1b[31m'
const BOLD = '\x1b[1m'
const OFF = '\x1b[0m'

const cut = (text: string, width: number): string =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text

function ageOf(ms: number): string {
  const seconds = Math.round(Math.abs(ms) / 1_000)
  const sign = ms < 0 ? '-' : ''
  if (seconds < 120) return `${sign}${seconds} s`
  if (seconds < 7_200) return `${sign}${Math.round(seconds / 60)} min`
  if (seconds < 172_800) return `${sign}${Math.round(seconds / 3_600)} h`
  return `${sign}${Math.round(seconds / 86_400)} d`
}

function short(value: number): string {
  if (value < 1_000) return String(value)
  return value < 1_000_000 ? `${Math.floor(value / 1_000)}k` : `${Math.floor(value / 1_000_000)}M`
}

/** A line, and whether somebody must look at it. */
interface Line {
  readonly text: string
  readonly bad?: boolean
  readonly head?: boolean
}

const cells = (label: string, values: readonly (string | number)[]): string =>
  label.padEnd(LABEL) + values.map((value) => String(value).padStart(CELL)).join('')

function headLines(state: TopState): Line[] {
  const { newest, inForce } = state.epoch
  const there = inForce.filter((epoch) => epoch === newest).length
  const time = new Date(state.at).toISOString().slice(0, 19).replace('T', ' ')
  const text = `schakel top   ${time}Z   epoch ${newest}, in force on ${there} of ${inForce.length}`
  return [{ text, head: true }, { text: '' }]
}

function serviceLines({ services }: TopState): Line[] {
  if (services.length === 0) return [{ text: `${cells('services', [])}none has said where it answers` }]
  return services.map(({ name, status, reasons }, index) => ({
    text: `${(index === 0 ? 'services' : '').padEnd(LABEL)}${name.padEnd(24)} ${status.padEnd(12)} ${reasons.join(' ')}`,
    bad: status !== 'ok',
  }))
}

function partitionLines(state: TopState): Line[] {
  const { voids, epoch } = state
  const lag = state.lag ?? []
  return [
    { text: '' },
    {
      text: cells(
        'partition',
        voids.map((_, partition) => partition),
      ),
      head: true,
    },
    { text: cells('lag', lag.map(short)), bad: lag.some((count) => count > 1_000) },
    {
      text: cells('epoch', epoch.inForce.map(short)),
      bad: epoch.inForce.some((one) => one !== epoch.newest),
    },
    { text: cells('void', voids.map(short)) },
    { text: '' },
  ]
}

function verdictLines(state: TopState, most: number): Line[] {
  const since = state.since === null ? 'all' : `since ${new Date(state.since).toISOString().slice(11, 16)}Z`
  const title = `${'verdict'.padEnd(16)}${'first reason'.padEnd(30)}${'1 min'.padStart(7)}${'10 min'.padStart(8)}${'1 h'.padStart(7)}${since.padStart(12)}`
  const rows = state.verdicts.slice(0, most).map(({ verdict, code, minute, ten, hour, all }) => ({
    text: `${verdict.padEnd(16)}${cut(code, 29).padEnd(30)}${short(minute).padStart(7)}${short(ten).padStart(8)}${short(hour).padStart(7)}${short(all).padStart(12)}`,
    bad: verdict === 'parked',
  }))
  const left = state.verdicts.length - rows.length
  return [
    { text: title, head: true },
    ...rows,
    ...(left > 0 ? [{ text: `… ${left} more` }] : []),
    { text: '' },
  ]
}

function lastLines(state: TopState): Line[] {
  const { holds, ledger, handoffs } = state
  const states = Object.entries(handoffs).map(([name, count]) => `${short(count)} ${name}`)
  const next = holds.next.map(({ handoff, type, deadline }, index) => ({
    text: `${(index === 0 ? 'next' : '').padEnd(LABEL)}${ageOf(deadline - state.at).padStart(7)}  ${handoff}  ${type}`,
    bad: deadline < state.at,
  }))
  const age = ledger.ageMs === null ? 'none yet' : `${ageOf(ledger.ageMs)} old`
  return [
    { text: `${'hand-offs'.padEnd(LABEL)}${states.join(', ') || 'none'}` },
    {
      text: `${'holds'.padEnd(LABEL)}≤ 1 h ${holds.hour}   ≤ 1 d ${holds.day}   ≤ 7 d ${holds.week}   older ${holds.older}   expired ${state.expired}`,
      bad: holds.older > 0,
    },
    ...next,
    { text: `${'parked'.padEnd(LABEL)}${state.parked}`, bad: state.parked > 0 },
    {
      text: `${'ledger'.padEnd(LABEL)}${ledger.size} leaves, ${ledger.lag} not covered yet, checkpoint ${age}`,
      bad: ledger.lag > 0 && (ledger.ageMs ?? 0) > 60_000,
    },
  ]
}

export function drawTop(state: TopState, options: DrawOptions): readonly string[] {
  const around = [headLines(state), serviceLines(state), partitionLines(state), lastLines(state)]
  const taken = around.reduce((sum, lines) => sum + lines.length, 3)
  const [head = [], services = [], partitions = [], last = []] = around
  const verdicts = verdictLines(state, Math.max(3, (options.rows ?? Number.MAX_SAFE_INTEGER) - taken))
  return [...head, ...services, ...partitions, ...verdicts, ...last].map(({ text, bad, head: title }) => {
    const mark = bad && !options.color ? ' !' : ''
    const line = cut(text.trimEnd(), WIDTH - mark.length) + mark
    if (!options.color || (!bad && !title)) return line
    return `${bad ? RED : BOLD}${line}${OFF}`
  })
}

/**
 * `node infra/launch.mjs test/bench/screening-quality.ts [entries]`: chooses the threshold of screening on one half of
 * labelled data and reports it on the other, into `docs/screening.md`. Same numbers every time.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { buildIndex } from '#services/travel/screening/build-index.ts'
import type { Listed } from '#services/travel/screening/person.ts'
import { openScreen, screenFlight } from '#services/travel/screening/screen-flight.ts'
import { type Labelled, labelledPassengers } from '../support/labelled-passengers.ts'
import { type Made, syntheticList } from '../support/synthetic-list.ts'

const PAGE = new URL('../../docs/screening.md', import.meta.url)
const LEAST = 12
const PER_FLIGHT = 300

/** What screening said of one passenger: bits of the entry that it is, and of all others. */
export interface Outcome {
  readonly kind: string
  readonly member: boolean
  readonly right: number
  readonly wrong: readonly number[]
}

export interface Measure {
  readonly threshold: number
  readonly precision: number
  readonly recall: number
  /** Wrong candidates in a flight of 300 of whom nobody is on the list. */
  readonly wrongPerFlight: number
}

/** Labelled passengers, screened in flights of 300; bits of candidates below 12 count as none. */
export function outcomes(
  list: Iterable<{ made: Made; listed: Listed }>,
  counts: Parameters<typeof labelledPassengers>[1],
  every: number,
): readonly Outcome[] {
  const members: { made: Made; listed: Listed }[] = []
  function* listed(): Generator<Listed> {
    let at = 0
    for (const one of list) {
      if (at % every === 0) members.push(one)
      at += 1
      yield one.listed
    }
  }
  const screen = openScreen(buildIndex(listed()))
  const passengers = labelledPassengers(members, counts)
  const results: Outcome[] = []
  for (let from = 0; from < passengers.length; from += PER_FLIGHT) {
    const flight = passengers.slice(from, from + PER_FLIGHT)
    const answers = screenFlight(
      screen,
      flight.map((one) => one.person),
      LEAST,
    )
    results.push(...flight.map((one, index) => outcome(one, answers[index] ?? [])))
  }
  return results
}

function outcome(one: Labelled, found: readonly { reference: string; score: number }[]): Outcome {
  return {
    kind: one.kind,
    member: one.is !== undefined,
    right: found.find(({ reference }) => reference === one.is)?.score ?? 0,
    wrong: found.filter(({ reference }) => reference !== one.is).map(({ score }) => score),
  }
}

/** Precision over people: a passenger shown with anybody wrong and nobody right is a wrong one. */
export function measure(all: readonly Outcome[], threshold: number): Measure {
  const members = all.filter((one) => one.member)
  const strangers = all.filter((one) => one.kind === 'stranger')
  const hits = members.filter((one) => one.right >= threshold).length
  const wrong = all.flatMap((one) => one.wrong).filter((score) => score >= threshold).length
  const ofStrangers = strangers.flatMap((one) => one.wrong).filter((score) => score >= threshold).length
  return {
    threshold,
    precision: hits / Math.max(1, hits + wrong),
    recall: hits / Math.max(1, members.length),
    wrongPerFlight: (ofStrangers * PER_FLIGHT) / Math.max(1, strangers.length),
  }
}

/** The lowest threshold, in steps of half a bit, with at most one wrong candidate in a flight of strangers. */
export function choose(half: readonly Outcome[]): number {
  for (let threshold = LEAST; threshold < 60; threshold += 0.5)
    if (measure(half, threshold).wrongPerFlight <= 1) return threshold
  throw new RangeError('no threshold is high enough')
}

/** Every other passenger of each kind. */
export function halves(all: readonly Outcome[]): readonly [readonly Outcome[], readonly Outcome[]] {
  return [all.filter((_, index) => index % 2 === 0), all.filter((_, index) => index % 2 === 1)]
}

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`

function report(all: readonly Outcome[], entries: number): string {
  const [first, second] = halves(all)
  const chosen = choose(first)
  const row = (one: Measure): string =>
    `| ${one.threshold === chosen ? `**${one.threshold}**` : one.threshold} | ${percent(one.precision)} | ${percent(one.recall)} | ${one.wrongPerFlight.toFixed(2)} |`
  const kinds = [...new Set(second.map((one) => one.kind))].map((kind) => {
    const those = second.filter((one) => one.kind === kind)
    const right = those.filter((one) => one.right >= chosen).length
    const wrong = those.filter((one) => one.wrong.some((score) => score >= chosen)).length
    const found = those[0]?.member ? percent(right / those.length) : '–'
    return `| ${kind} | ${those.length} | ${found} | ${percent(wrong / those.length)} |`
  })
  return [
    `Threshold: ${chosen} bits, on the first half (${first.length} passengers; list of ${entries.toLocaleString('en')} entries).`,
    '',
    'On the other half:',
    '',
    '| threshold (bits) | precision | recall | wrong candidates per flight of 300 strangers |',
    '| --- | --- | --- | --- |',
    ...[-6, -4, -2, 0, 2, 4, 6].map((step) => row(measure(second, chosen + step))),
    '',
    '| passengers | number | found | shown with somebody else |',
    '| --- | --- | --- | --- |',
    ...kinds,
  ].join('\n')
}

if (import.meta.main) {
  const entries = Number(process.argv[2] ?? 1_000_000)
  const all = outcomes(
    syntheticList(entries),
    { perChange: 300, perLookalike: 300, strangers: 9_000 },
    Math.max(1, Math.floor(entries / 20_000)),
  )
  const text = report(all, entries)
  console.log(text)
  const page = readFileSync(PAGE, 'utf8')
  const marked = /(<!-- measured -->\n)[\s\S]*(<!-- end -->)/
  writeFileSync(
    PAGE,
    page.replace(marked, (_, from, to) => `${from}${text}\n${to}`),
  )
}

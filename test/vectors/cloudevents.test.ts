import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { CloudEvent } from '#core/message/cloudevents.ts'
import { fromHttp } from '#core/message/cloudevents-http.ts'
import { fromKafka } from '#core/message/cloudevents-kafka.ts'

const EXT = new URL('../../../shared/ext/cloudevents/', import.meta.url)

interface Step {
  readonly text: string
  readonly block: string[]
  readonly table: string[][]
}

interface Scenario {
  readonly name: string
  readonly steps: Step[]
  readonly examples: string[][]
}

const cells = (line: string): string[] =>
  line
    .trim()
    .slice(1, -1)
    .split('|')
    .map((cell) => cell.trim())

/** As much Gherkin as these two files use: scenarios (outlines), steps, doc strings, tables, examples. */
function parseFeature(text: string): Scenario[] {
  const scenarios: Scenario[] = []
  let block: string[] | undefined
  let indent = 0
  let inExamples = false
  for (const line of text.split(/\r?\n/)) {
    const trimmed = line.trim()
    const scenario = scenarios.at(-1)
    const step = scenario?.steps.at(-1)
    if (trimmed === '"""') {
      indent = line.indexOf('"')
      block = block === undefined && step ? step.block : undefined
    } else if (block) block.push(line.slice(Math.min(indent, line.search(/\S|$/))))
    else if (/^Scenario/.test(trimmed)) {
      scenarios.push({ name: trimmed.replace(/^[^:]*:\s*/, ''), steps: [], examples: [] })
      inExamples = false
    } else if (/^Examples:/.test(trimmed)) inExamples = true
    else if (/^(Given|When|Then|And) /.test(trimmed))
      scenario?.steps.push({ text: trimmed.replace(/^\w+ /, ''), block: [], table: [] })
    else if (trimmed.startsWith('|')) (inExamples ? scenario?.examples : step?.table)?.push(cells(line))
  }
  return scenarios
}

function expand(scenario: Scenario): Scenario[] {
  const [names, ...rows] = scenario.examples
  if (!names) return [scenario]
  return rows.map((row) => {
    const fill = (text: string) => names.reduce((t, name, i) => t.replaceAll(`<${name}>`, row[i] ?? ''), text)
    return {
      name: fill(scenario.name),
      examples: [],
      steps: scenario.steps.map((step) => ({
        text: step.text,
        block: step.block.map(fill),
        table: step.table.map((line) => line.map(fill)),
      })),
    }
  })
}

function parseRequest(lines: readonly string[]): CloudEvent {
  const blank = lines.indexOf('')
  const headers = lines.slice(1, blank).map((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const
  })
  return fromHttp(Object.fromEntries(headers), Buffer.from(lines.slice(blank + 1).join('\n')))
}

function run(scenario: Scenario): void {
  const find = (start: string) => scenario.steps.find((step) => step.text.startsWith(start))
  const request = find('an HTTP request')
  const headers = find('Kafka headers')
    ?.table.slice(1)
    .map(([key = '', value = '']) => [key, value])
  const payload = Buffer.from(find('a Kafka message')?.block.join('\n') ?? '')
  const event = request ? parseRequest(request.block) : fromKafka(Object.fromEntries(headers ?? []), payload)
  const wanted = find('the attributes are')
    ?.table.slice(1)
    .map(([key = '', value = '']) => [key, value])
  expect(wanted?.length).toBeGreaterThan(4)
  expect(event.attributes).toEqual(Object.fromEntries(wanted ?? []))
  const data = find('the data is equal')?.block.join('\n') ?? ''
  expect(JSON.parse(Buffer.from(event.data ?? []).toString('utf8'))).toEqual(JSON.parse(data))
}

describe('cloudevents/conformance', () => {
  it('agrees on every scenario of both bindings', () => {
    if (!existsSync(EXT)) {
      console.log('NOT RUN: no ../shared/ext')
      expect(process.env['CI']).not.toBe('true')
      return
    }
    const files = ['http-protocol-binding.feature', 'kafka-protocol-binding.feature']
    const scenarios = files.flatMap((file) => parseFeature(readFileSync(new URL(file, EXT), 'utf8')))
    const cases = scenarios.flatMap(expand)
    for (const scenario of cases) run(scenario)
    console.log(
      `cloudevents: ${cases.length} agree / ${cases.length} cases (${scenarios.length} scenarios) / 0 excused`,
    )
    expect(scenarios.length).toBe(4)
    expect(cases.length).toBe(7)
  })
})

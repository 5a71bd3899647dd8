import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { shapeOf } from '#core/message/message-shape.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import type { Shape, TypeForm } from '#sdk/catalogue.ts'
import { DESK_LIMITS } from '#services/desk/limits.ts'
import { type Faults, isLines, readData, rowsName, withholdName } from '#services/desk/read-data.ts'
import { ROOT } from '../../rooms/source-files.ts'

function formOf(path: string): TypeForm {
  const type = parseMessageType(readFileSync(path, 'utf8'))
  const schema = JSON.parse(type.text)
  const shapes = new Map(shapeOf(schema).fields.map(({ name, shape }) => [name, shape]))
  const fields = type.fields.map((field) => ({ ...field, shape: shapes.get(field.name) as Shape }))
  return { ...type, nl: schema.nl, en: schema.en, fields }
}

const FOLDER = join(ROOT, 'schemas', 'message')
const forms = readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.avsc'))
  .map((name) => formOf(join(FOLDER, name)))

const wall = new Intl.DateTimeFormat('sv-SE', {
  timeZone: 'Europe/Amsterdam',
  dateStyle: 'short',
  timeStyle: 'medium',
})

/** What somebody would type to say this. */
function typed(shape: Shape, value: unknown, pointer: string, body: Record<string, string>): void {
  if (value === null || value === undefined) return
  if (shape.kind === 'record') {
    for (const field of shape.fields)
      typed(field.shape, (value as Record<string, unknown>)[field.name], `${pointer}/${field.name}`, body)
  } else if (shape.kind === 'array') {
    const items = value as readonly unknown[]
    if (isLines(shape)) body[pointer] = items.join('\n')
    else {
      body[rowsName(pointer)] = String(Math.max(1, items.length))
      items.forEach((item, row) => void typed(shape.items, item, `${pointer}/${row}`, body))
    }
  } else if (shape.kind === 'boolean') body[pointer] = value === true ? 'yes' : 'no'
  else if (shape.kind === 'string' && shape.format === 'date-time')
    body[pointer] = wall.format(Date.parse(String(value))).replace(' ', 'T')
  else body[pointer] = String(value)
}

/** Times as the form gives them: whole seconds. */
const seconds = (value: unknown): unknown => JSON.parse(JSON.stringify(value).replaceAll(/\.000Z"/g, 'Z"'))

const example = (name: string, kind: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(ROOT, 'schemas', 'examples', name, `${kind}.json`), 'utf8'))

describe('reading a form', () => {
  const tip = forms.find(({ name }) => name === 'tip.ngo.forwarded') as TypeForm
  const disclosure = forms.find(({ name }) => name === 'police.ngo.disclosure') as TypeForm
  const read = (form: TypeForm, body: Record<string, string>) => {
    const faults: Faults = {}
    return { ...readData(form, body, faults), faults }
  }

  it('names every required field of an empty form, and no optional one', () => {
    for (const form of forms) {
      const { faults } = read(form, {})
      const wanted = form.fields.filter(({ nullable, shape }) => !nullable && shape.kind !== 'array')
      expect([form.name, Object.keys(faults).every((pointer) => pointer.startsWith('/data/'))]).toEqual([
        form.name,
        true,
      ])
      for (const { name } of wanted)
        expect([
          form.name,
          name,
          Object.keys(faults).some((one) => `${one}/`.startsWith(`/data/${name}/`)),
        ]).toEqual([form.name, name, true])
    }
  })

  it.each([
    ['/data/country', 'Filipijnen'],
    ['/data/observedAt', 'gisteren'],
    ['/data/contactPolicy', 'ANY'],
    ['/data/childAtRisk', 'true'],
    ['/data/tipRef', 'x'.repeat(65)],
  ])('points at %s when it is %s', (pointer, text) => {
    expect(read(tip, { [pointer]: text }).faults[pointer]).toBe('form')
  })

  it('takes half a group for a fault, and an empty optional one for absent', () => {
    const half = read(disclosure, { '/data/decision/ref': 'X-1' })
    expect(half.faults).toMatchObject({ '/data/decision/kind': 'required' })
    expect(half.faults['/data/decision/ref']).toBeUndefined()
    const none = read(disclosure, {})
    expect([
      none.data['decision'],
      Object.keys(none.faults).some((one) => one.startsWith('/data/decision')),
    ]).toEqual([null, false])
  })

  it('keeps back what it is told to, whatever was typed, and only what may be absent', () => {
    const body = {
      '/data/reporterContact': 'secret',
      [withholdName('reporterContact')]: 'yes',
      [withholdName('facts')]: 'yes',
    }
    const { data, withhold } = read(tip, body)
    expect([data['reporterContact'], withhold]).toEqual([null, ['reporterContact']])
  })

  it('reads every valid example of every type as it was written', () => {
    for (const form of forms) {
      const data = example(`${form.name}.v${/\.v(\d+)$/.exec(form.vct)?.[1]}`, 'valid')
      const rows = Object.values(data).filter(Array.isArray)
      if (rows.some(({ length }) => length > DESK_LIMITS.rowsMost)) continue
      const body: Record<string, string> = {}
      for (const { name, shape } of form.fields) typed(shape, data[name], `/data/${name}`, body)
      const result = read(form, body)
      expect([form.name, result.faults, result.data]).toEqual([form.name, {}, seconds(data)])
    }
  })

  it('never throws and never invents a field, whatever a browser sends', () => {
    const name = fc.constantFrom(
      ...tip.fields.map((field) => `/data/${field.name}`),
      'rows:/data/facts',
      '__proto__',
      '/data/facts/0',
    )
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.string({ unit: 'binary' }))), (pairs) => {
        const body = Object.assign(Object.create(null), Object.fromEntries(pairs))
        const { data } = read(tip, body)
        expect(Object.keys(data)).toEqual(tip.fields.map((field) => field.name))
      }),
    )
  })
})

import { describe, expect, it } from 'vitest'
import { barChart } from '#web/bar-chart.ts'
import { errorSummary, formField } from '#web/form-field.ts'

const EVIL = `"><script>alert(1)</script>`

describe('form fields', () => {
  it.each(['line', 'text', 'choice', 'radio', 'check', 'date'] as const)('%s lets no value out', (kind) => {
    const field = formField({
      name: 'a',
      label: EVIL,
      kind,
      value: EVIL,
      hint: EVIL,
      error: EVIL,
      choices: [{ value: EVIL, label: EVIL }],
    }).toString()
    expect(field).not.toContain('<script>')
    expect(field).toContain('a-error')
  })

  it('says which field is wrong, with a link to it', () => {
    expect(errorSummary('Fout', { place: EVIL }).toString()).toContain('href="#place"')
  })
})

describe('bar chart', () => {
  it('says the same in a table, and draws nothing for nothing', () => {
    const chart = barChart({
      caption: 'c',
      axis: 'day',
      tableLabel: 'table',
      series: [{ name: EVIL, kind: 'permit' }],
      rows: [
        { label: 'mo', values: [3] },
        { label: 'tu', values: [0] },
      ],
    }).toString()
    expect(chart).not.toContain('<script>')
    expect(chart.match(/<rect/g)).toHaveLength(1)
    expect(chart).toContain('<td class="number">3</td>')
  })
})

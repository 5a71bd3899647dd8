import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { matrixTable } from '#services/console/matrix-table.ts'

const BLOCK = `# a comment

kmar.alert: police-nl+tbkk -> kmar-police
  permit alert-kmar (Wpg 15) for border-alert on wpg-15
  shows  personRef person
  class  8 9
  listed politie-wpg (statute)
  duties secrecy
  permit alert-other (Wpg 16 †) for border-alert on wpg-16
  shows  personRef
  class  *
  listed -
  deny   g01! g02
  hide   g20
`

describe('matrix.txt as a table', () => {
  it('keeps every line of another shape, and hides none', () => {
    const lines = [
      '  permit before-any-block',
      'not a block',
      '  shows',
      '    permit deeper x',
      'Kmar: a -> b',
    ]
    expect(matrixTable(lines.join('\n'))).toEqual({ rows: [], rest: lines })
    expect(matrixTable('a.b: x -> y\n  shows  too early').rest).toEqual(['  shows  too early'])
  })

  it('is empty for an empty file', () => {
    expect(matrixTable('')).toEqual({ rows: [], rest: [] })
  })

  it('gives each permit of a block its row, all with the guards of the block', () => {
    const { rows, rest } = matrixTable(BLOCK)
    expect(rest).toEqual([])
    expect(rows.map(({ permit, terms, listed, duties }) => [permit, terms, listed, duties])).toEqual([
      ['alert-kmar', '(Wpg 15) for border-alert on wpg-15', 'politie-wpg (statute)', ['secrecy']],
      ['alert-other', '(Wpg 16 †) for border-alert on wpg-16', '-', []],
    ])
    for (const { from, to, guards } of rows) {
      expect([from, to]).toEqual([['police-nl', 'tbkk'], ['kmar-police']])
      expect(guards).toEqual([
        { set: 'deny', ids: ['g01!', 'g02'] },
        { set: 'hide', ids: ['g20'] },
      ])
    }
  })

  it('reads the repository’s own file to the last line', () => {
    const text = readFileSync(new URL('../../../contracts/matrix.txt', import.meta.url), 'utf8')
    const { rows, rest } = matrixTable(text)
    expect(rest).toEqual([])
    expect(rows).toHaveLength(text.split('\n').filter((line) => line.startsWith('  permit ')).length)
  })
})

import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { FAILURES } from '#core/failure-table.ts'

const ROW = /^\| `([A-Z]+_[A-Z_]+)` \| (.+) \| (.+) \| (.+) \|$/
const page = readFileSync(new URL('../../docs/errors.md', import.meta.url), 'utf8')
const rows = page.split('\n').flatMap((line) => {
  const match = ROW.exec(line)
  return match ? [{ code: match[1] ?? '', en: match[2], nl: match[3], next: match[4] }] : []
})

describe('docs/errors.md and failure-table.ts', () => {
  it('name the same codes with the same texts, each once', () => {
    const table = Object.entries(FAILURES).map(([code, { en, nl, next }]) => ({ code, en, nl, next }))
    const byCode = (a: { code: string }, b: { code: string }) => (a.code < b.code ? -1 : 1)
    expect(rows.toSorted(byCode)).toEqual(table.toSorted(byCode))
  })

  it('every code stands under its own family', () => {
    let family = ''
    for (const line of page.split('\n')) {
      family = /^## ([A-Z]+)_:/.exec(line)?.[1] ?? family
      const code = ROW.exec(line)?.[1]
      if (code) expect(code.slice(0, code.indexOf('_'))).toBe(family)
    }
  })

  it('every text is there in both languages, with a next step', () => {
    for (const text of Object.values(FAILURES))
      for (const part of [text.en, text.nl, text.next]) expect(part.trim().length).toBeGreaterThan(0)
  })
})

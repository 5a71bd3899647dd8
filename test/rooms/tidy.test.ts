import { describe, expect, it } from 'vitest'
import { sourceFiles } from './source-files.ts'

/** Soft stop of design §9. Files that are longer stand here with their length: it may fall, never rise. */
const SOFT_STOP = 300
const RATCHET: Readonly<Record<string, number>> = {}

const product = [...sourceFiles('services'), ...sourceFiles('infra')]
const all = [...product, ...sourceFiles('test')]

describe('tidy', () => {
  it.each(product.map((file) => [file.path, file] as const))('%s is short enough', (path, file) => {
    const lines = file.text.split('\n').length - 1
    expect(lines).toBeLessThanOrEqual(RATCHET[path] ?? SOFT_STOP)
  })

  it('has a median near 100 lines', () => {
    const lengths = product.map((file) => file.text.split('\n').length).sort((a, b) => a - b)
    expect(lengths[Math.floor(lengths.length / 2)]).toBeLessThan(130)
  })

  it('names files in kebab-case and has no room for leftovers', () => {
    const wrong = all.filter(
      (file) => !/^(?:[a-z0-9_.-]+\/)*[a-z0-9][a-z0-9-]*(?:\.[a-z0-9]+)*\.ts$/.test(file.path),
    )
    expect(wrong.map((file) => file.path)).toEqual([])
    const leftovers = product.filter((file) =>
      /(^|\/)(util|utils|common|helpers|manager|index)\.ts$/.test(file.path),
    )
    expect(leftovers.map((file) => file.path)).toEqual([])
  })

  it('has no unfinished work and no skipped test', () => {
    const marks = new RegExp(['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X'].map((word) => `\\b${word}\\b`).join('|'))
    expect(all.filter((file) => marks.test(file.text)).map((file) => file.path)).toEqual([])
    const skipped = sourceFiles('test').filter((file) =>
      /\b(?:it|test|describe)\.(?:skip|todo|only)\b/.test(file.text),
    )
    expect(skipped.map((file) => file.path).filter((path) => path !== 'test/rooms/tidy.test.ts')).toEqual([])
  })

  it('imports every product file from somewhere, or starts it', () => {
    const imported = new Set<string>()
    const bases = all.flatMap((file) => file.imports.map((specifier) => specifier.split('/').pop() ?? ''))
    for (const base of bases) imported.add(base)
    // A worker is started by its address.
    const workers = all.flatMap((file) =>
      [...file.text.matchAll(/new URL\('\.\/([a-z-]+\.ts)', import\.meta\.url\)/g)].map((match) => match[1]),
    )
    const started = new Set(['main.ts', ...workers])
    const orphans = product.filter((file) => {
      const base = file.path.split('/').pop() ?? ''
      return !imported.has(base) && !started.has(base)
    })
    expect(orphans.map((file) => file.path)).toEqual([])
  })
})

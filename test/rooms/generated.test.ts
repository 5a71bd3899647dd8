import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { generate } from '../../infra/generate/generate.ts'
import { brokenPromises, parsePublished, publish, readPublished } from '../../infra/generate/published.ts'
import { readSchemas } from '../../infra/generate/read-schemas.ts'
import { ROOT } from './source-files.ts'

const schemas = [...readSchemas(ROOT, 'record'), ...readSchemas(ROOT, 'message')]

describe('published schemas never change', () => {
  const rows = readPublished(ROOT)

  it('sees a change, a loss, and a property Avro would drop', () => {
    const [first, ...rest] = schemas
    if (!first) throw new Error('no schemas')
    expect(brokenPromises(rows, rest)).toEqual([first.name])
    expect(brokenPromises(rows, [{ ...first, sha256: 'A'.repeat(43) }, ...rest])).toEqual([first.name])
  })

  it('refuses a list that was cut, renumbered or doubled', () => {
    const text = readFileSync(join(ROOT, 'schemas/published.txt'), 'utf8')
    const lines = text.split('\n')
    expect(() => parsePublished(lines.slice(1).join('\n'))).toThrow()
    expect(() => parsePublished(`${text}${lines[0]}\n`)).toThrow()
    expect(() => parsePublished(`${text}${rows.length + 1} ${rows[0]?.name} ${rows[0]?.sha256}\n`)).toThrow()
    expect(() => parsePublished(text.replaceAll(' ', '\t'))).toThrow()
  })

  it('each is as it was published', () => {
    expect(brokenPromises(rows, schemas)).toEqual([])
  })

  it('publishing keeps what is there and adds the rest', () => {
    const before = rows.slice(0, 3)
    const after = parsePublished(publish(before, schemas))
    expect(after.slice(0, 3)).toEqual(before)
    expect(after.map((row) => row.name).sort()).toEqual(schemas.map((schema) => schema.name).sort())
    expect(publish(after, schemas)).toBe(publish(before, schemas))
  })
})

describe('generated files are what their sources make', async () => {
  const files = await generate(ROOT)

  it.each([...files.keys()])('%s', (path) => {
    expect(existsSync(join(ROOT, path)), `${path} is missing: npm run generate`).toBe(true)
    expect(
      readFileSync(join(ROOT, path), 'utf8') === files.get(path),
      `${path} is old: npm run generate`,
    ).toBe(true)
  })

  it('nothing else lies among them', () => {
    const found = readdirSync(join(ROOT, 'schemas/generated'), { recursive: true, encoding: 'utf8' })
      .map((file) => `schemas/generated/${file.replaceAll('\\', '/')}`)
      .filter((file) => /\.[a-z]+$/.test(file))
    expect(found.filter((file) => !files.has(file))).toEqual([])
  })
})

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '#services/cli/commands.ts'
import { ROOT } from './source-files.ts'

const DOCS = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...mdFiles('docs')]
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8')

function mdFiles(folder: string): readonly string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.md'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
}

/** Paths in back quotes that start with a room of ours. A bare file name continues the folder of the path before it. */
function pathsIn(text: string): readonly string[] {
  const quoted = [...text.matchAll(/`((?:services|contracts|schemas|test|docs|infra)\/[A-Za-z0-9_./-]*)`/g)]
  return quoted.map((match) => match[1] ?? '').filter((path) => !path.includes('<'))
}

describe('documents name what is there', () => {
  it.each(DOCS)('%s', (path) => {
    const missing = pathsIn(read(path)).filter((named) => !existsSync(join(ROOT, named)))
    expect(missing).toEqual([])
  })

  it('bare file names in the architecture stand in the folder before them', () => {
    const missing: string[] = []
    for (const line of read('docs/architecture.md').split('\n')) {
      let folder = ''
      for (const [, name = ''] of line.matchAll(/`([A-Za-z0-9_./-]+)`/g)) {
        if (name.includes('/'))
          folder = name.endsWith('/') ? name.slice(0, -1) : name.slice(0, name.lastIndexOf('/'))
        else if (folder && /^[a-z][a-z0-9-]*\.ts$/.test(name) && !existsSync(join(ROOT, folder, name)))
          missing.push(`${folder}/${name}`)
      }
    }
    expect(missing).toEqual([])
  })

  it('every command in the README exists', () => {
    const known = new Set(commands.map((command) => command.name.split(' ')[0]))
    const named = [...read('README.md').matchAll(/npx schakel ([a-z]+)/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(5)
    expect(named.filter((name) => !known.has(name))).toEqual([])
  })

  it('npm scripts that documents name exist', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
    const named = DOCS.flatMap((path) =>
      [...read(path).matchAll(/npm run ([a-z:]+)/g)].map((match) => match[1] ?? ''),
    )
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })

  it('the glossary is in order and names each word once', () => {
    const words = [...read('docs/glossary.md').matchAll(/^\| ([a-z][^|]*?) \|/gm)].map(
      (match) => match[1] ?? '',
    )
    const listed = words.filter((word) => word !== 'word')
    expect(listed).toEqual([...listed].sort((a, b) => a.localeCompare(b, 'en')))
    expect(new Set(listed).size).toBe(listed.length)
  })
})

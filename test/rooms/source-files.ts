import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

export const ROOT = resolve(fileURLToPath(import.meta.url), '../../..')

export interface SourceFile {
  /** Path from the root, with `/`. */
  readonly path: string
  readonly text: string
  readonly imports: readonly string[]
}

const IMPORT =
  /(?:^|\n)\s*(?:import\s+(?:type\s+)?(?:[^'"\n;=({]*(?:\{[^}]*\}\s*)?from\s*)?|export\s+(?:type\s+)?(?:\*[^'"\n]*|\{[^}]*\}\s*)from\s*)['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

/** All TypeScript files below `folder`, with what they import. */
export function sourceFiles(folder: string): readonly SourceFile[] {
  const files: SourceFile[] = []
  for (const entry of readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !entry.name.endsWith('.ts')) continue
    const full = join(entry.parentPath, entry.name)
    const text = readFileSync(full, 'utf8')
    const imports = [...text.matchAll(IMPORT)].map((match) => match[1] ?? match[2] ?? '')
    files.push({ path: relative(ROOT, full).split(sep).join('/'), text, imports })
  }
  return files
}

const ALIASES: Readonly<Record<string, string>> = {
  '#schemas/': 'schemas/',
  '#contracts/': 'contracts/',
  '#core/': 'services/_core/',
  '#adapters/': 'services/_adapters/',
  '#sdk/': 'services/_sdk/',
  '#web/': 'services/_web/',
  '#services/': 'services/',
}

/** The file an import of ours points at, from the root; undefined for packages and node: modules. */
export function targetOf(from: string, specifier: string): string | undefined {
  for (const [alias, folder] of Object.entries(ALIASES)) {
    if (specifier.startsWith(alias)) return folder + specifier.slice(alias.length)
  }
  if (!specifier.startsWith('.')) return undefined
  const absolute = resolve(ROOT, from, '..', specifier)
  return relative(ROOT, absolute).split(sep).join('/')
}

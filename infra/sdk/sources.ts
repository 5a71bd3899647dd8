import { readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'

/** What a partner may import, by its subpath in the package: the file of `services/_sdk` that it is. */
export const SUBPATHS: Readonly<Record<string, string>> = {
  '.': 'services/_sdk/connect.ts',
  './errors': 'services/_sdk/sdk-error.ts',
  './publication': 'services/_sdk/build-content.ts',
  './handoff': 'services/_sdk/open-handoff.ts',
  './answers': 'services/_sdk/gateway-answers.ts',
  './catalogue': 'services/_sdk/catalogue.ts',
  './failure-words': 'services/_sdk/failure-words.ts',
  './send-once': 'services/_sdk/send-once.ts',
  './follow-inbox': 'services/_sdk/follow-inbox.ts',
  './ports': 'services/_sdk/system-ports.ts',
}

const ROOMS: Readonly<Record<string, string>> = {
  '#core/': 'services/_core/',
  '#sdk/': 'services/_sdk/',
  '#schemas/': 'schemas/',
  '#contracts/': 'contracts/',
}
/** Only in statements: an import in a comment or a text is none. */
const SPECIFIER = /((?:^|\n|\}) ?(?:import|export)?[^'"\n;]*\bfrom |^import |\bimport\()(['"])([^'"\n]+)\2/gm

interface Source {
  /** Path in the package, from its `src`. */
  readonly path: string
  /** With every import of a room written as a relative path. */
  readonly text: string
}

const packaged = (path: string): string => path.replace(/^services\//, '')

function targetOf(from: string, specifier: string): string | undefined {
  for (const [alias, folder] of Object.entries(ROOMS))
    if (specifier.startsWith(alias)) return folder + specifier.slice(alias.length)
  return specifier.startsWith('.') ? join(dirname(from), specifier).split(sep).join('/') : undefined
}

function relativeTo(from: string, target: string): string {
  const path = relative(dirname(packaged(from)), packaged(target))
    .split(sep)
    .join('/')
  return path.startsWith('.') ? path : `./${path}`
}

/** The SDK and just what it needs of the other rooms, with the packages that these import, by name. */
export function sdkSources(root: string): {
  readonly sources: readonly Source[]
  readonly packages: ReadonlySet<string>
} {
  const open = Object.values(SUBPATHS)
  const seen = new Set(open)
  const sources: Source[] = []
  const packages = new Set<string>()
  for (const file of open) {
    const text = readFileSync(join(root, file), 'utf8').replace(
      SPECIFIER,
      (_match, before: string, quote: string, specifier: string) => {
        const target = targetOf(file, specifier)
        if (target === undefined) {
          if (!specifier.startsWith('node:')) packages.add(packageOf(specifier))
          return `${before}${quote}${specifier}${quote}`
        }
        if (!seen.has(target)) {
          seen.add(target)
          open.push(target)
        }
        return `${before}${quote}${relativeTo(file, target)}${quote}`
      },
    )
    sources.push({ path: packaged(file), text })
  }
  return { sources, packages }
}

const packageOf = (specifier: string): string =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')

import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { SUBPATHS, sdkSources } from './sources.ts'

const NAME = 'schakel-sdk'
/** What Node 20 knows (of ES2024 the well-formed strings): a newer method is an error here, not at a partner's. */
const LANGUAGE = { target: 'es2022', lib: ['es2023', 'es2024.string', 'dom'] }

interface Manifest {
  readonly version: string
  readonly license: string
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/**
 * Makes `<folder>/schakel-sdk-<version>.tgz`: the SDK as JavaScript and declarations, with just those files of other rooms that it
 * needs; no TypeScript source, since Node strips no types below node_modules. Answers its path. Throws when the compiler or npm fails.
 */
export function packSdk(root: string, folder: string): string {
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const work = mkdtempSync(join(tmpdir(), 'schakel-sdk-'))
  try {
    const { sources, packages } = sdkSources(root)
    for (const { path, text } of sources) {
      mkdirSync(dirname(join(work, 'src', path)), { recursive: true })
      writeFileSync(join(work, 'src', path), text)
    }
    compile(root, work)
    const staged = join(work, 'package')
    writeFileSync(join(staged, 'package.json'), json(packageJson(manifest, packages)))
    cpSync(join(root, 'LICENSE'), join(staged, 'LICENSE'))
    cpSync(join(root, 'infra/sdk/README.md'), join(staged, 'README.md'))
    mkdirSync(folder, { recursive: true })
    const options = ['pack', '--ignore-scripts', '--silent', '--pack-destination', resolve(folder)]
    const file = execFileSync('npm', options, { cwd: staged, encoding: 'utf8' })
    return join(resolve(folder), file.trim())
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

function compile(root: string, work: string): void {
  const { target, lib } = LANGUAGE
  const compilerOptions = {
    target,
    lib,
    noEmit: false,
    declaration: true,
    rewriteRelativeImportExtensions: true,
    rootDir: 'src',
    outDir: 'package/dist',
    typeRoots: [join(root, 'node_modules/@types')],
  }
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['src/**/*.ts'] }
  writeFileSync(join(work, 'tsconfig.json'), json(config))
  // Modules as the project's are (ESM), and its packages: resolution walks up from the file.
  writeFileSync(join(work, 'package.json'), json({ type: 'module' }))
  symlinkSync(join(root, 'node_modules'), join(work, 'node_modules'))
  execFileSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', work], {
    cwd: work,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  // The compiler rewrites specifiers in JavaScript, not in declarations.
  for (const path of filesBelow(join(work, 'package/dist')).filter((each) => each.endsWith('.d.ts'))) {
    const text = readFileSync(path, 'utf8')
    writeFileSync(path, text.replace(/((?:from |import\()['"]\.[^'"\n]*)\.ts(['"])/g, '$1.js$2'))
  }
}

function filesBelow(folder: string): readonly string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

/** Versions of packages as the project pins them. Types of Node are wanted only by who checks types. */
function packageJson(manifest: Manifest, packages: ReadonlySet<string>): object {
  const pinned = { ...manifest.devDependencies, ...manifest.dependencies }
  const versions = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, versionOf(pinned, name)]))
  const exported = Object.entries(SUBPATHS).map(([subpath, file]) => {
    const path = `./dist/${file.replace(/^services\//, '').replace(/\.ts$/, '')}`
    return [subpath, { types: `${path}.d.ts`, default: `${path}.js` }]
  })
  return {
    name: NAME,
    version: manifest.version,
    description: 'What a partner system imports to hand things to Schakel and to take them from it',
    license: manifest.license,
    type: 'module',
    engines: { node: '>=20' },
    sideEffects: false,
    exports: Object.fromEntries(exported),
    files: ['dist', 'LICENSE', 'README.md'],
    dependencies: versions([...packages].sort()),
    peerDependencies: { '@types/node': '>=20' },
    peerDependenciesMeta: { '@types/node': { optional: true } },
  }
}

const versionOf = (pinned: Readonly<Record<string, string>>, name: string): string => {
  const version = pinned[name]
  if (version === undefined) throw new Error(`the SDK imports ${name}, which package.json does not name`)
  return version
}

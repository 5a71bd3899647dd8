import { describe, expect, it } from 'vitest'
import { sourceFiles, targetOf } from './source-files.ts'

/** Rooms in the order of design §9: a room may import itself and what stands before it in its list, nothing else. */
const SERVICES = ['gateway', 'exchange', 'courier', 'ledger', 'console']
/** Reference applications: as a partner would write them. */
const PARTNERS = ['story', 'tips', 'notices', 'travel', 'records', 'desk']

function roomOf(path: string): string {
  if (path.startsWith('services/')) return path.split('/')[1] ?? ''
  return path.split('/')[0] ?? ''
}

const MAY: Readonly<Record<string, readonly string[]>> = {
  schemas: [],
  contracts: ['schemas'],
  _core: ['schemas', 'contracts'],
  _adapters: ['schemas', 'contracts', '_core'],
  _sdk: ['schemas', 'contracts', '_core'],
  _web: ['_core'],
  ...Object.fromEntries(
    SERVICES.map((name) => [name, ['schemas', 'contracts', '_core', '_adapters', '_web']]),
  ),
  ...Object.fromEntries(PARTNERS.map((name) => [name, ['_sdk', '_web']])),
  cli: ['schemas', 'contracts', '_core', '_adapters', '_sdk', '_web', ...SERVICES, ...PARTNERS, 'infra'],
  infra: ['schemas', 'contracts', '_core', '_adapters', '_sdk', 'infra'],
}

const product = [...sourceFiles('services'), ...sourceFiles('schemas'), ...sourceFiles('contracts')]

describe('imports go one way', () => {
  it('finds the product', () => {
    expect(product.length).toBeGreaterThan(100)
  })

  it.each(product.map((file) => [file.path, file] as const))('%s', (path, file) => {
    const room = roomOf(path)
    const allowed = MAY[room]
    expect(allowed, `room ${room} is not in the list`).toBeDefined()
    const wrong = file.imports.filter((specifier) => {
      const target = targetOf(path, specifier)
      if (target === undefined) return false
      const other = roomOf(target)
      return other !== room && !allowed?.includes(other)
    })
    expect(wrong).toEqual([])
  })
})

/** node: modules that compute and touch nothing; type-only imports of any module are fine. */
const PURE_MODULES = new Set(['node:crypto', 'node:buffer'])
const PURE_PACKAGES = new Set(['avsc', 'ajv', 'ajv/dist/2020.js', 'ajv-formats', 'node-forge'])
const IMPURE = [
  /\bDate\.now\(/,
  /\bnew Date\(\)/,
  /\bMath\.random\(/,
  /\brandomBytes\(/,
  /\brandomUUID\(/,
  /\bgenerateKeyPair(Sync)?\(/,
  /\bprocess\.(env|argv|cwd|hrtime)\b/,
  /\bperformance\.now\(/,
  /\bset(Timeout|Interval|Immediate)\(/,
  /\bfetch\(/,
]

describe('_core is pure: no disk, network, time, chance or environment', () => {
  it.each(sourceFiles('services/_core').map((file) => [file.path, file] as const))('%s', (_path, file) => {
    const outside = file.imports.filter((specifier) => {
      if (specifier.startsWith('#') || specifier.startsWith('.')) return false
      return !PURE_MODULES.has(specifier) && !PURE_PACKAGES.has(specifier)
    })
    expect(outside).toEqual([])
    const code = file.text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '')
    expect(IMPURE.filter((pattern) => pattern.test(code)).map(String)).toEqual([])
  })
})

describe('who makes a stage', () => {
  it('only open.ts and verify*.ts make Opened and Verified', () => {
    const makers = product
      .filter((file) => /\bas(Opened|Verified|Signed)\(/.test(file.text))
      .map((file) => file.path)
    const allowed = /^services\/_core\/message\/(open|verify[a-z-]*|content)\.ts$/
    expect(makers.filter((path) => !allowed.test(path))).toEqual([])
  })

  it('only stages.ts casts to Decided and Redacted', () => {
    const casts = product
      .filter((file) => /as unknown as (Decided|Redacted)\b/.test(file.text))
      .map((file) => file.path)
    expect(casts).toEqual(['services/_core/handoff/stages.ts'])
  })
})

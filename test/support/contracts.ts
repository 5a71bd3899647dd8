import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import type { Epoch } from '#core/decision/epoch.ts'
import { loadEpoch } from '#core/decision/load-epoch.ts'
import type { PolicyEngine } from '#core/ports/policy-engine.ts'
import { completed, readContracts, testDeps } from './signed-contracts.ts'

export interface TestEpochOptions {
  readonly strict?: boolean
  /** Replaces (bytes or text) or removes (null) files of the repository before they are signed. */
  readonly change?: Readonly<Record<string, string | null | ((text: string) => string)>>
  readonly engine?: PolicyEngine
}

/** An epoch of this repository's contracts, signed with test keys. */
export function testEpoch({
  strict = false,
  change = {},
  engine = compiledEngine(),
}: TestEpochOptions = {}): Epoch {
  const contracts = readContracts()
  for (const [path, edit] of Object.entries(change)) {
    const before = Buffer.from(contracts.get(path) ?? []).toString('utf8')
    const after = typeof edit === 'function' ? edit(before) : edit
    if (after === null) contracts.delete(path)
    else contracts.set(path, Buffer.from(after, 'utf8'))
  }
  const files = completed(contracts, strict)
  return loadEpoch(1, files, engine, testDeps(files))
}

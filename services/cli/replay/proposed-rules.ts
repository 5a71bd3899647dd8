import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type ControlPorts, followControl } from '#adapters/control/follow.ts'
import { compiledEngine } from '#adapters/policy-engine/compiled.ts'
import { defaultEpochDeps } from '#core/decision/epoch-deps.ts'
import { loadEpoch } from '#core/decision/load-epoch.ts'
import { fail } from '#core/failure.ts'
import type { EpochSource } from './store.ts'

const RULES = 'contracts/legal/'

/** The policies (`*.cedar`) of a folder, by the path they would have in control. */
export function readRules(folder: string): ReadonlyMap<string, Uint8Array> {
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.cedar')) : []
  if (names.length === 0) fail('OPS_USAGE', undefined, `no .cedar file in ${folder}`)
  return new Map(names.map((name) => [`${RULES}${name}`, new Uint8Array(readFileSync(join(folder, name)))]))
}

/**
 * Control as it was, but with these policies in the place of its own in every epoch. The rest (facts, registers, agreements)
 * stays as it was then. A rule that does not fit the schema of an epoch throws `OPS_CONTROL`.
 */
export async function proposedRules(
  ports: Omit<ControlPorts, 'load'>,
  rules: ReadonlyMap<string, Uint8Array>,
): Promise<EpochSource> {
  const engine = compiledEngine()
  const control = followControl({
    ...ports,
    load(epoch, artefacts) {
      const kept = [...artefacts].filter(([path]) => !(path.startsWith(RULES) && path.endsWith('.cedar')))
      return loadEpoch(epoch, new Map([...kept, ...rules]), engine, defaultEpochDeps)
    },
  })
  await control.read()
  return control
}

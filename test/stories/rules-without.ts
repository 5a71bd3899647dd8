import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from '../rooms/source-files.ts'

const LEGAL = join(ROOT, 'contracts', 'legal')

/** The rules of this repository without one policy, by the path they have in control. */
export function rulesWithout(file: string, id: string): ReadonlyMap<string, Uint8Array> {
  const rules = new Map<string, Uint8Array>()
  for (const name of readdirSync(LEGAL)) {
    const text = readFileSync(join(LEGAL, name), 'utf8')
    const kept = name === file ? without(text, id) : text
    rules.set(`contracts/legal/${name}`, new Uint8Array(Buffer.from(kept, 'utf8')))
  }
  return rules
}

function without(text: string, id: string): string {
  const policies = text.split(/(?=^@set)/m)
  const kept = policies.filter((policy) => !policy.includes(`@id("${id}")`))
  if (kept.length !== policies.length - 1) throw new Error(`no policy ${id}`)
  return kept.join('')
}

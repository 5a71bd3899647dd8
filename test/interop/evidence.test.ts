import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EvidenceBundle } from '#core/ledger/verify-bundle.ts'
import { prove } from '#services/cli/prove.ts'
import { goodStory, handMadeStore, id } from '../support/hand-made-store.ts'

const SCRIPT = fileURLToPath(new URL('./verify-evidence.py', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'schakel-evidence-'))
let bundle: EvidenceBundle

beforeAll(async () => {
  bundle = await prove(await handMadeStore(goodStory()), id(3))
})
afterAll(() => rmSync(folder, { recursive: true }))

/** Python and openssl alone; they must be there: a skipped proof is none. */
function holds(changed: object): boolean {
  const file = join(folder, 'bundle.json')
  writeFileSync(file, JSON.stringify(changed))
  try {
    return execFileSync('python3', [SCRIPT, file, bundle.vkey], { encoding: 'utf8' }).startsWith('holds')
  } catch (error) {
    if (error instanceof Error && 'status' in error && error.status === 1) return false
    throw error
  }
}

it('a bundle verifies with tools that know nothing of Schakel, and an edited one does not', () => {
  expect(holds(bundle)).toBe(true)
  const [first, ...rest] = bundle.leaves
  if (!first?.record.verdict) throw new Error('no verdict in the first leaf')
  const verdict = { ...first.record.verdict, shown: ['person', 'source'] }
  expect(holds({ ...bundle, leaves: [{ ...first, record: { ...first.record, verdict } }, ...rest] })).toBe(
    false,
  )
  expect(holds({ ...bundle, leaves: [{ ...first, proof: rest[0]?.proof }, ...rest] })).toBe(false)
  expect(holds({ ...bundle, handoff: id(4) })).toBe(false)
})

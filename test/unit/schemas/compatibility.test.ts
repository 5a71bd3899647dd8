import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'
import { compatibilityFaults, type VersionedSchema } from '../../../infra/generate/compatibility.ts'
import { readSchemas } from '../../../infra/generate/read-schemas.ts'

const PAIRS = resolve(import.meta.dirname, 'compatibility')
const ROOT = resolve(import.meta.dirname, '../../..')

/** `previous` and `current` together are the schema folder after a change; the rule's folder says whether it holds. */
function pair(rule: string): readonly VersionedSchema[] {
  return ['previous', 'current'].flatMap((side) =>
    readdirSync(join(PAIRS, rule, side)).map((file) => ({
      name: `nl.schakel.test.${file.slice(0, -'.avsc'.length)}`,
      text: readFileSync(join(PAIRS, rule, side, file), 'utf8'),
    })),
  )
}

const rules = readdirSync(PAIRS)

it.each(rules.filter((rule) => rule.startsWith('breaks-')))('%s', (rule) => {
  expect(compatibilityFaults(pair(rule))).not.toEqual([])
})

it('names the older version that breaks, not the one before', () => {
  const faults = compatibilityFaults(pair('breaks-with-an-older-version'))
  expect(faults.map((fault) => fault.split(':')[0])).toEqual([
    'nl.schakel.test.form.v1 → nl.schakel.test.form.v3',
  ])
})

it.each(rules.filter((rule) => rule.startsWith('holds-')))('%s', (rule) => {
  expect(compatibilityFaults(pair(rule))).toEqual([])
})

it('no folder is left out', () => {
  expect(rules.filter((rule) => !/^(breaks|holds)-/.test(rule))).toEqual([])
  expect(rules.length).toBeGreaterThan(20)
})

it('holds for what this repository publishes', () => {
  expect(compatibilityFaults([...readSchemas(ROOT, 'record'), ...readSchemas(ROOT, 'message')])).toEqual([])
})

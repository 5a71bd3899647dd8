import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { asFailure } from '#core/failure.ts'
import { checkData } from '#core/message/check-data.ts'
import { checkPresented } from '#core/message/check-presented.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import { compatibilityFaults } from '../../../infra/generate/compatibility.ts'
import { jsonSchemas } from '../../../infra/generate/json-schemas.ts'
import { messageTypes } from '../../../infra/generate/message-types.ts'
import { brokenPromises, publish, readPublished } from '../../../infra/generate/published.ts'
import { readSchemas } from '../../../infra/generate/read-schemas.ts'
import { typesTable } from '../../../infra/generate/types-table.ts'
import { newType } from '../../../infra/new/type.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
let root = ''
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'schakel-new-'))
  cpSync(join(ROOT, 'schemas'), join(root, 'schemas'), { recursive: true })
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

function codeOf(name: string): string {
  try {
    newType(root, name)
  } catch (error) {
    return asFailure(error).code
  }
  return 'none'
}

describe('a name that cannot be', () => {
  it.each([
    '',
    'police',
    'Police.lead',
    'police..lead',
    '../../etc.passwd',
    'police.lead/x',
    'police.lead-x',
    'police.1lead',
  ])('%j', (name) => expect(codeOf(name)).toBe('OPS_USAGE'))

  it('one that is taken', () => expect(codeOf('tip.ngo.forwarded')).toBe('OPS_USAGE'))
})

it('a new type passes every check as it stands, and is a draft until it is published', () => {
  const written = newType(root, 'police.lead.shared')
  expect(written).toHaveLength(3)
  const read = (path: string | undefined) => readFileSync(join(root, String(path)), 'utf8')
  const type = parseMessageType(read(written[0]))
  expect(type.name).toBe('police.lead.shared')
  expect(type.groups).toEqual(['personal'])
  const [valid, invalid] = [JSON.parse(read(written[1])), JSON.parse(read(written[2]))]
  expect(checkData(type, valid)).toBeNull()
  expect(checkPresented(type, valid)).toBeNull()
  expect(checkData(type, invalid)).toEqual({ pointer: '/reference' })
  expect(checkPresented(type, invalid)).toEqual({ pointer: '/reference' })

  const messages = readSchemas(root, 'message')
  const all = [...readSchemas(root, 'record'), ...messages]
  const published = readPublished(root)
  expect(compatibilityFaults(all)).toEqual([])
  expect(brokenPromises(published, all)).toEqual([])
  expect(published.some((row) => row.name === type.vct)).toBe(false)
  expect(publish(published, all)).toContain(`${published.length + 1} ${type.vct} ${type.sha256}\n`)
  expect(messageTypes(messages)).toContain('export interface PoliceLeadSharedV1 {')
  expect(jsonSchemas(messages).has(`schemas/generated/json-schema/${type.vct}.json`)).toBe(true)
  expect(typesTable(messages)).toContain('## police.lead.shared v1')
  expect(codeOf('police.lead.shared')).toBe('OPS_USAGE')
})

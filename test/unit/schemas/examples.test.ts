import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkData } from '#core/message/check-data.ts'
import { checkPresented } from '#core/message/check-presented.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'
import { readSchemas } from '../../../infra/generate/read-schemas.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const example = (folder: string, file: string): unknown =>
  JSON.parse(readFileSync(join(ROOT, 'schemas/examples', folder, file), 'utf8'))
const schemas = readSchemas(ROOT, 'message')
const folderOf = (name: string) => name.slice('nl.schakel.'.length)

describe.each(schemas.map((schema) => [schema.name, schema] as const))('%s', (_name, schema) => {
  const type = parseMessageType(schema.text)
  const valid = example(folderOf(schema.name), 'valid.json') as Record<string, unknown>

  it('refuses its invalid example, in full and as presented', () => {
    const invalid = example(folderOf(schema.name), 'invalid.json')
    const fault = checkData(type, invalid)
    expect(fault).not.toBeNull()
    expect(checkPresented(type, invalid)).not.toBeNull()
    expect(fault?.pointer.startsWith('/')).toBe(true)
  })

  it('is named after its place', () => {
    expect(type.vct).toBe(schema.name)
  })

  it('takes its valid example, in full and as presented', () => {
    expect(checkData(type, valid)).toBeNull()
    expect(checkPresented(type, valid)).toBeNull()
  })

  it('asks every member in full, none as presented', () => {
    for (const field of type.fields) {
      const { [field.name]: _left, ...rest } = valid
      expect(checkData(type, rest)).toEqual({ pointer: `/${field.name}` })
      expect(checkPresented(type, rest)).toBeNull()
      const nulled = { ...valid, [field.name]: null }
      expect(checkData(type, nulled)).toEqual(field.nullable ? null : { pointer: `/${field.name}` })
      expect(checkPresented(type, nulled) === null).toBe(field.nullable)
    }
  })

  it('names an answer that exists', () => {
    if (type.answeredBy)
      expect(schemas.some((other) => other.name.startsWith(`nl.schakel.${type.answeredBy}.v`))).toBe(true)
  })
})

it('every folder of examples belongs to a schema', () => {
  expect(existsSync(join(ROOT, 'schemas/examples'))).toBe(true)
  expect(readdirSync(join(ROOT, 'schemas/examples')).sort()).toEqual(
    schemas.map((schema) => folderOf(schema.name)).sort(),
  )
})

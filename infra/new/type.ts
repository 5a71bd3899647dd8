import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fail } from '#core/failure.ts'
import { parseMessageType } from '#core/message/parse-message-type.ts'

const NAME = /^[a-z][a-z0-9]*([.][a-z][a-z0-9]*){1,5}$/

/**
 * Writes the skeleton of a message type (`police.lead.shared`): its .avsc, a valid and an invalid example, which pass the tests as they
 * stand. Next: its fields, `npm run generate`, a rule that permits it, and `npm run generate -- --publish` when it is final.
 * Returns the paths written, from `root`. A name that is taken or malformed: `OPS_USAGE`.
 */
export function newType(root: string, name: string): readonly string[] {
  if (!NAME.test(name)) return fail('OPS_USAGE', '/name', 'a type is named like police.lead.shared')
  const [family, ...rest] = name.split('.')
  const schema = `schemas/message/${family}/${rest.join('.')}.v1.avsc`
  const examples = `schemas/examples/${name}.v1`
  const text = `${JSON.stringify(skeleton(name), null, 2)}\n`
  parseMessageType(text)
  const files = new Map([
    [schema, text],
    [`${examples}/valid.json`, json({ reference: 'TEST-1', note: 'Voorbeeld', remark: null })],
    [`${examples}/invalid.json`, json({ reference: 'TEST 1', note: 'Voorbeeld', remark: null })],
  ])
  for (const path of files.keys())
    if (existsSync(join(root, path))) fail('OPS_USAGE', `/${path}`, 'it exists')
  for (const [path, content] of files) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), content, { flag: 'wx' })
  }
  return [...files.keys()]
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`

/** In group `personal` until somebody decides otherwise: the guards on personal data then reach it from the start. */
function skeleton(name: string): unknown {
  const words = name.split('.')
  const title = words.join(' ')
  return {
    type: 'record',
    namespace: ['nl', 'schakel', ...words.slice(0, -1)].join('.'),
    name: words.at(-1),
    version: 1,
    nl: title,
    en: title,
    groups: ['personal'],
    occurredWithinDays: 366,
    fields: [
      {
        name: 'reference',
        type: 'string',
        category: 'reference',
        pattern: '^[A-Za-z0-9][A-Za-z0-9._:-]*$',
        maxLength: 64,
        nl: 'verwijzing',
        en: 'reference',
      },
      {
        name: 'note',
        type: 'string',
        category: 'narrative',
        format: 'text',
        maxLength: 2000,
        nl: 'tekst',
        en: 'text',
      },
      {
        name: 'remark',
        type: ['null', 'string'],
        default: null,
        category: 'narrative',
        format: 'text',
        maxLength: 2000,
        nl: 'opmerking',
        en: 'remark',
      },
    ],
  }
}

// npm run generate [-- --publish]: everything that is made from sources and checked in. --publish first adds the new schemas
// to schemas/published.txt: from then on they never change.
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { generate } from './generate.ts'
import { publish, readPublished } from './published.ts'
import { readSchemas } from './read-schemas.ts'

const root = resolve(import.meta.dirname, '../..')

if (process.argv.includes('--publish')) {
  const schemas = [...readSchemas(root, 'record'), ...readSchemas(root, 'message')]
  writeFileSync(join(root, 'schemas/published.txt'), publish(readPublished(root), schemas))
}

const files = await generate(root)
for (const [path, text] of files) {
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  console.error(path)
}
// What no source makes any more goes.
for (const file of readdirSync(join(root, 'schemas/generated'), { recursive: true, encoding: 'utf8' })) {
  const path = `schemas/generated/${file.replaceAll('\\', '/')}`
  if (/\.(ts|json)$/.test(path) && !files.has(path)) rmSync(join(root, path))
}

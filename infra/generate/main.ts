// npm run generate: everything that is made from sources and checked in.
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { generate } from './generate.ts'

const root = resolve(import.meta.dirname, '../..')
for (const [path, text] of await generate(root)) {
  const target = join(root, path)
  mkdirSync(dirname(target), { recursive: true })
  writeFileSync(target, text)
  console.error(path)
}

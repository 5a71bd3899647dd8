import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { schemaDigest } from '#core/message/schema-digest.ts'

export interface SchemaFile {
  /** Path from the root of the repository, with `/`. */
  readonly path: string
  /** `nl.schakel.record.outcome.v1`, `nl.schakel.tip.ngo.forwarded.v1`. */
  readonly name: string
  readonly text: string
  readonly sha256: string
}

const FILE = /^(.+)\.v([1-9][0-9]{0,2})\.avsc$/

/** All schemas below `schemas/<kind>`, by path. The name of a message type is its place: `tip/ngo.forwarded.v1.avsc`. */
export function readSchemas(root: string, kind: 'message' | 'record'): readonly SchemaFile[] {
  const base = join(root, 'schemas', kind)
  const files = readdirSync(base, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll('\\', '/'),
  )
  return files
    .filter((file) => file.endsWith('.avsc'))
    .sort()
    .map((file) => {
      if (!FILE.test(file)) throw new Error(`schemas/${kind}/${file}: name it <type>.v<n>.avsc`)
      const text = readFileSync(join(base, file), 'utf8')
      const place = file.slice(0, -'.avsc'.length).replaceAll('/', '.')
      const name = kind === 'record' ? `nl.schakel.record.${place}` : `nl.schakel.${place}`
      return { path: `schemas/${kind}/${file}`, name, text, sha256: schemaDigest(text) }
    })
}

import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}
const SHARED = ['schakel.css', 'schakel.svg'].map((name) => join(import.meta.dirname, 'assets', name))

export interface Assets {
  /** Part of their addresses: changes with any of them. */
  readonly version: string
  find(name: string): { readonly type: string; readonly body: Buffer } | undefined
}

/** The style sheet and the sign that all pages share, and files of one's own (paths), read once; no other file can be asked for. */
export function loadAssets(own: readonly string[] = []): Assets {
  const digest = createHash('sha256')
  const files = new Map<string, { readonly type: string; readonly body: Buffer }>()
  for (const path of [...SHARED, ...own]) {
    const type = TYPES[extname(path)]
    if (type === undefined) throw new TypeError(`no media type for ${extname(path)}`)
    const body = readFileSync(path)
    digest.update(body)
    files.set(path.split(/[\\/]/).at(-1) ?? '', { type, body })
  }
  return { version: digest.digest('hex').slice(0, 12), find: (name) => files.get(name) }
}

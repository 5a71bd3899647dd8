import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const TYPES = {
  'console.css': 'text/css; charset=utf-8',
  'live.js': 'text/javascript; charset=utf-8',
  'schakel.svg': 'image/svg+xml',
} as const

export type AssetName = keyof typeof TYPES

export interface Assets {
  /** Part of their addresses: changes with any of them. */
  readonly version: string
  find(name: string): { readonly type: string; readonly body: Buffer } | undefined
}

/** The style sheet, the script and the sign, read once; no other file can be asked for. */
export function loadAssets(): Assets {
  const digest = createHash('sha256')
  const files = new Map<string, { readonly type: string; readonly body: Buffer }>()
  for (const [name, type] of Object.entries(TYPES)) {
    const body = readFileSync(join(import.meta.dirname, 'assets', name))
    digest.update(body)
    files.set(name, { type, body })
  }
  return { version: digest.digest('hex').slice(0, 12), find: (name) => files.get(name) }
}

import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import type { FoldHead } from '#core/ports/fold.ts'

/**
 * Where a fold made by `openSqliteFold` stands, read beside the exchange that writes it: read-only, so that it neither waits
 * for its transaction nor holds it up. Undefined when there is no such fold yet.
 */
export function readFoldHead(path: string): FoldHead | undefined {
  if (!existsSync(path)) return undefined
  const database = new DatabaseSync(path, { readOnly: true, timeout: 10_000 })
  try {
    const made = database.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'head'").get()
    const row = made && database.prepare('SELECT seq, hash, rest FROM head').get()
    if (!row) return undefined
    const rest = JSON.parse(String(row['rest'])) as Omit<FoldHead, 'seq' | 'hash'>
    return { ...rest, seq: Number(row['seq']), hash: row['hash'] as Uint8Array }
  } finally {
    database.close()
  }
}

import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export interface DatabaseOptions {
  /** FULL: survives power loss. NORMAL, OFF: survives a killed process; for what can be derived again. */
  readonly synchronous: 'FULL' | 'NORMAL' | 'OFF'
  readonly secureDelete?: boolean
  readonly schema: string
}

/** Opens or makes a database in WAL mode, readable by its owner only; `:memory:` for tests. */
export function openDatabase(path: string, options: DatabaseOptions): DatabaseSync {
  const fresh = path !== ':memory:' && !existsSync(path)
  const database = new DatabaseSync(path, { timeout: 10_000 })
  if (fresh) chmodSync(path, 0o600)
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(`PRAGMA synchronous = ${options.synchronous}`)
  database.exec('PRAGMA cache_size = -2048')
  if (options.secureDelete) database.exec('PRAGMA secure_delete = ON')
  database.exec(`BEGIN IMMEDIATE; ${options.schema}; COMMIT`)
  return database
}

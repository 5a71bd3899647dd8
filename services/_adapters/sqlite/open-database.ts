import { chmodSync, existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'

export interface DatabaseOptions {
  /** FULL: survives power loss. NORMAL, OFF: survives a killed process; for what can be derived again. */
  readonly synchronous: 'FULL' | 'NORMAL' | 'OFF'
  readonly secureDelete?: boolean
  /** For databases of large values, made anew: a value of 40 KB lies in few pages, and a block of them is written as such. */
  readonly largeValues?: boolean
  /** Pages kept in memory, KiB: 2048, of large values 8192. Whoever opens many databases keeps less of each. */
  readonly cacheKib?: number
  readonly schema: string
}

/** Opens or makes a database in WAL mode, readable by its owner only; `:memory:` for tests. */
export function openDatabase(path: string, options: DatabaseOptions): DatabaseSync {
  const fresh = path !== ':memory:' && !existsSync(path)
  const database = new DatabaseSync(path, { timeout: 10_000 })
  if (fresh) chmodSync(path, 0o600)
  // Only a new database takes it; an older one keeps its pages and is as right, but slower.
  if (options.largeValues) database.exec('PRAGMA page_size = 16384')
  database.exec('PRAGMA journal_mode = WAL')
  database.exec(`PRAGMA synchronous = ${options.synchronous}`)
  // A write transaction of a whole block (appendBytesMax) stays in memory until its commit, and is copied home once in 16 MiB.
  database.exec(`PRAGMA cache_size = -${options.cacheKib ?? (options.largeValues ? 8192 : 2048)}`)
  if (options.secureDelete) database.exec('PRAGMA secure_delete = ON')
  database.exec(`BEGIN IMMEDIATE; ${options.schema}; COMMIT`)
  return database
}

import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..')

/** Path of a file of the project itself (contracts, schemas), wherever the command is called from. */
export function projectRoot(...path: readonly string[]): string {
  return join(ROOT, ...path)
}

import { resolve } from 'node:path'
import { packSdk } from './pack.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
const [folder] = process.argv.slice(2)
/** npm runs scripts in the project; a folder is named from where it was called. */
const from = process.env['INIT_CWD'] ?? process.cwd()
process.stdout.write(`${packSdk(ROOT, folder ? resolve(from, folder) : resolve(ROOT, '.cache/sdk'))}\n`)

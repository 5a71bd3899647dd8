import { resolve } from 'node:path'
import { packSdk } from './pack.ts'

const ROOT = resolve(import.meta.dirname, '..', '..')
process.stdout.write(`${packSdk(ROOT, process.argv[2] ?? '.cache/sdk')}\n`)

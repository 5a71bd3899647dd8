import { readdir, readFile, stat } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import { Failure, fail } from '#core/failure.ts'

/** The only paths that control may hold. */
const ALLOWED: readonly RegExp[] = [
  /^contracts\/legal\/[a-z0-9-]+\.(?:cedar|json)$/,
  /^contracts\/partner\/[a-z0-9-]+\.json$/,
  /^contracts\/agreement\/[a-z0-9-]+\.(?:json|[0-9A-Z]{20}\.jws)$/,
  /^contracts\/register\/[a-z0-9-]+\.(?:json|jws|json\.jws)$/,
  /^contracts\/facts\.json$/,
  /^schemas\/message\/[a-z0-9./-]+\.avsc$/,
  /^pki\/(?:ca|crl)\.pem$/,
  /^pki\/cert\/[A-Za-z0-9_-]{43}\.pem$/,
  /^keys\/(?:intake|label|command)\/[A-Za-z0-9_-]+\.json$/,
  /^(?:profile|withdrawn)\.json$/,
]
const BYTES_MAX = 1024 * 1024

/** A path of control, or `OPS_USAGE`: nothing else can be put there, whatever a folder holds. */
export function controlPath(path: string): string {
  if (path.includes('..') || !ALLOWED.some((pattern) => pattern.test(path)))
    fail('OPS_USAGE', path, 'not a path of control')
  return path
}

async function filesBelow(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch(() => fail('OPS_NOT_FOUND', path))
  if (found.isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}

async function read(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path)
  if (bytes.length > BYTES_MAX) throw new Failure('OPS_USAGE', path, 'larger than 1 MiB')
  return bytes
}

/**
 * Files named on the command line, by their path in control: relative to `root`, or as told by `<path in control>=<file>`.
 * In a folder, what is no artefact is passed over; a file named by itself that is none is `OPS_USAGE`.
 */
export async function collectArtefacts(
  args: readonly string[],
  root: string,
): Promise<Map<string, Uint8Array>> {
  const artefacts = new Map<string, Uint8Array>()
  for (const arg of args) {
    const [destination, source] = arg.split('=')
    if (source !== undefined) {
      artefacts.set(controlPath(destination ?? ''), await read(resolve(source)))
      continue
    }
    const files = await filesBelow(resolve(arg))
    for (const file of files) {
      const path = relative(root, file).split(sep).join('/')
      const known = ALLOWED.some((pattern) => pattern.test(path))
      if (!known && files.length > 1) continue
      artefacts.set(controlPath(path), await read(file))
    }
  }
  return artefacts
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { openTileFolder } from '#adapters/tiles/folder.ts'
import { openTileUrl, type TileClient } from '#adapters/tiles/http.ts'
import { fail } from '#core/failure.ts'
import { type AuditReport, auditLog, type NamedNote } from '#core/ledger/audit-log.ts'
import { type NoteVerifier, parseVkey } from '#core/ledger/note.ts'
import type { TileSource } from '#core/ports/tile-store.ts'

export interface AuditOptions {
  /** Verifier key text, or the path of a file that holds it; default `vkey` or `KEY` beside the log (trust on first use). */
  readonly vkey?: string | undefined
  /** File of an earlier checkpoint of this log: must be a prefix of it. */
  readonly since?: string | undefined
  readonly tls?: TileClient
  readonly progress?: (leaves: number) => void
}

const isUrl = (target: string): boolean => /^https?:\/\//.test(target)

/** A file that the caller named. */
function readNamed(path: string): string {
  if (!existsSync(path)) fail('OPS_USAGE', undefined, `no such file: ${path}`)
  return readFileSync(path, 'utf8')
}

async function verifierOf(source: TileSource, given: string | undefined): Promise<NoteVerifier> {
  const text =
    given === undefined ? undefined : given.includes('+') && !existsSync(given) ? given : readNamed(given)
  if (text !== undefined)
    return parseVkey(text) ?? fail('OPS_USAGE', undefined, 'not an Ed25519 verifier key')
  for (const name of ['vkey', 'KEY']) {
    const bytes = await source.read(name)
    const verifier = bytes && parseVkey(Buffer.from(bytes).toString('utf8'))
    if (verifier) return verifier
  }
  return fail('OPS_USAGE', undefined, 'no verifier key: give one, or put vkey beside the log')
}

async function notesOf(source: TileSource, target: string): Promise<readonly NamedNote[]> {
  const names = isUrl(target)
    ? ['checkpoint']
    : readdirSync(target).filter((name) => /^checkpoint(?:\.[0-9]+)?$/.test(name))
  const notes: NamedNote[] = []
  for (const name of names.sort()) {
    const bytes = await source.read(name)
    if (bytes) notes.push({ name, note: Buffer.from(bytes).toString('utf8') })
  }
  return notes
}

/**
 * Audits any C2SP tile log, ours or another, by folder or URL prefix: signatures, every tile and entry, every root of every
 * checkpoint found. Throws `OPS_USAGE` when there is nothing to audit or to audit with, `OPS_LEDGER` or `OPS_UNREACHABLE` when it cannot be read.
 */
export async function audit(target: string, options: AuditOptions = {}): Promise<AuditReport> {
  if (!isUrl(target) && !existsSync(join(target, 'checkpoint'))) {
    fail('OPS_USAGE', undefined, `no checkpoint in ${target}`)
  }
  const source = isUrl(target) ? openTileUrl(target, options.tls) : openTileFolder(target)
  const verifier = await verifierOf(source, options.vkey)
  const notes = await notesOf(source, target)
  const earlier = options.since === undefined ? [] : [{ name: options.since, note: readNamed(options.since) }]
  return await auditLog(source, verifier, [...earlier, ...notes], options.progress)
}

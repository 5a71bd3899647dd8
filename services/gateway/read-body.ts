import type { IncomingMessage } from 'node:http'
import type { Epoch } from '#core/decision/epoch.ts'
import { fail } from '#core/failure.ts'
import { LIMITS } from '#core/limits.ts'

const COMPACT_JWE = /^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{22}$/

/** 256 KiB for types with rows of their own, 64 KiB for every other, known or not (design §4, Hostile input). */
export function bodyLimitOf(epoch: Epoch, vct: string): number {
  for (const type of epoch.types.values())
    if (type.vct === vct && type.fields.some((field) => field.perItem)) return LIMITS.jwePerItemBytesMax
  return LIMITS.jweBytesMax
}

/** The body, never more than `limit` bytes of it in memory: a declared length is judged before anything is read. Throws `MSG_SIZE`. */
export async function readBody(stream: IncomingMessage, limit: number): Promise<Uint8Array> {
  const declared = stream.headers['content-length']
  if (declared !== undefined && Number(declared) > limit) fail('MSG_SIZE', '/')
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stream as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > limit) fail('MSG_SIZE', '/')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

/** Five base64url parts with a 96-bit iv and a 128-bit tag (RFC 7516 §7.1); nothing is decoded here. Throws `MSG_FRAMING`. */
export function checkFraming(body: Uint8Array): void {
  if (!COMPACT_JWE.test(Buffer.from(body).toString('latin1'))) fail('MSG_FRAMING', '/')
}

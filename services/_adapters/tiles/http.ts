import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { fail } from '#core/failure.ts'
import type { TileSource } from '#core/ports/tile-store.ts'

const BYTES_MAX = 32 * 1024 * 1024
const TIMEOUT_MS = 15_000

/** PEM texts; for gateways that demand a client certificate. */
export interface TileClient {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

function get(url: URL, client: TileClient): Promise<Uint8Array | undefined> {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp
  return new Promise((resolve, reject) => {
    const call = request(url, { ...client, method: 'GET', timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size > BYTES_MAX) response.destroy(new Error('too large'))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => {
        if (response.statusCode === 200) resolve(Buffer.concat(chunks))
        else if (response.statusCode === 404) resolve(undefined)
        else reject(new Error(`status ${response.statusCode}`))
      })
    })
    call.on('timeout', () => call.destroy(new Error('timeout')))
    call.on('error', reject)
    call.end()
  })
}

/** A tile log behind a URL prefix (http or https); redirects are not followed. Throws `OPS_UNREACHABLE` when it does not answer. */
export function openTileUrl(prefix: string, client: TileClient = {}): TileSource {
  const base = prefix.endsWith('/') ? prefix : `${prefix}/`
  return {
    async read(path) {
      try {
        return await get(new URL(path, base), client)
      } catch (error) {
        return fail(
          'OPS_UNREACHABLE',
          undefined,
          `${path}: ${error instanceof Error ? error.message : 'no answer'}`,
        )
      }
    },
  }
}

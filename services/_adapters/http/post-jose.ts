import { request } from 'node:https'
import { Failure } from '#core/failure.ts'
import { checkPushUrl, guardedLookup } from './address-guard.ts'
import { TLS_PRESET, type TlsMaterial } from './tls-preset.ts'

export interface PostAnswer {
  readonly status: number
  /** As received; undefined when absent. */
  readonly retryAfter: string | undefined
}

export interface PostOptions {
  readonly tls: TlsMaterial
  readonly timeoutMs: number
  readonly allowedHosts: ReadonlySet<string>
  readonly signal: AbortSignal
}

/**
 * POSTs one sealed hand-off over mTLS. Follows no redirect and reads no body. Throws `OPS_DELIVERY` when there is no answer
 * within the time-out, or when the address is not one that a partner may have.
 */
export function postJose(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  options: PostOptions,
): Promise<PostAnswer> {
  return new Promise((resolve, reject) => {
    const refuse = (cause: unknown) => {
      const failure = cause instanceof Failure ? cause : new Failure('OPS_DELIVERY')
      if (failure !== cause) failure.cause = cause
      reject(failure)
    }
    try {
      const call = request(
        checkPushUrl(url, options.allowedHosts),
        {
          ...TLS_PRESET,
          ...options.tls,
          method: 'POST',
          headers: {
            ...headers,
            'Content-Type': 'application/jose',
            'Content-Length': Buffer.byteLength(body),
          },
          lookup: guardedLookup(options.allowedHosts),
          signal: AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]),
          agent: false,
        },
        (response) => {
          resolve({ status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] })
          response.destroy()
        },
      )
      call.on('error', refuse)
      call.end(body)
    } catch (error) {
      refuse(error)
    }
  })
}

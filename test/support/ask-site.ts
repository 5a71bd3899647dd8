import { request } from 'node:http'

export interface SiteAnswer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body: string
}

export interface SiteAsking {
  readonly method?: string
  readonly cookie?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Fields of a form: sent as a POST from this very site, unless `headers` say otherwise. */
  readonly form?: Readonly<Record<string, string>>
  /** Sent as it stands, when there is no form. */
  readonly body?: string
}

/** Asks a site as a browser would; the path goes out exactly as it stands. */
export function askSite(url: string, path: string, asking: SiteAsking = {}): Promise<SiteAnswer> {
  const { port } = new URL(url)
  const { form, cookie, headers = {} } = asking
  const body = form ? new URLSearchParams(form).toString() : asking.body
  const own = form
    ? { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' }
    : { accept: 'text/html' }
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: '127.0.0.1',
        port,
        path,
        method: asking.method ?? (form ? 'POST' : 'GET'),
        headers: { host: `127.0.0.1:${port}`, ...own, ...(cookie ? { cookie } : {}), ...headers },
      },
      (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(parts).toString('utf8'),
          }),
        )
      },
    )
    call.on('error', reject)
    call.end(body)
  })
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

/** Hosts that the console may listen on. */
export function isLoopback(host: string): boolean {
  return host === '127.0.0.1' || host === '::1' || host === 'localhost'
}

/**
 * Whether a Host header names this console itself. A page elsewhere whose name was made to point at 127.0.0.1 (DNS rebinding)
 * sends its own name here, and gets nothing.
 */
export function isOwnHost(header: string | undefined, port: number): boolean {
  if (header === undefined) return false
  const host = header.toLowerCase()
  return LOOPBACK.some((name) => host === `${name}:${port}` || (port === 80 && host === name))
}

import { SECURITY_HEADERS } from '#adapters/http/security-headers.ts'

/** Nothing but our own style sheet, script and event stream; no inline code, no frames, no base, forms to ourselves. */
const POLICY = [
  "default-src 'none'",
  "style-src 'self'",
  "script-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** On every answer of the console. It speaks http on loopback: no HSTS, which would only bind other ports of localhost. */
export const CONSOLE_HEADERS = {
  'Cache-Control': SECURITY_HEADERS['Cache-Control'],
  'Content-Security-Policy': POLICY,
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': SECURITY_HEADERS['X-Content-Type-Options'],
  'X-Frame-Options': SECURITY_HEADERS['X-Frame-Options'],
} as const satisfies Readonly<Record<string, string>>

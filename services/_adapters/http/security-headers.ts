export const API_VERSION = '1.0.0'

/** On every answer: NLGov REST API Design Rules 2.1, `/core/transport/security-headers` and `/core/version-header`. */
export const SECURITY_HEADERS = {
  'API-Version': API_VERSION,
  'Cache-Control': 'no-store',
  'Content-Security-Policy': "frame-ancestors 'none'",
  'Strict-Transport-Security': 'max-age=31536000',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
} as const satisfies Readonly<Record<string, string>>

import { constants } from 'node:crypto'
import type { SecureContextOptions, TlsOptions } from 'node:tls'

/** PEM texts of one TLS end. */
export interface TlsMaterial {
  readonly key: string
  readonly cert: string
  readonly ca: string
}

/**
 * NCSC-NL TLS guidelines 2025: 1.3, or 1.2 with ECDHE and AEAD only; no DHE, no CBC (Node's default list has DHE).
 * No session tickets: every connection shows its certificate, so that a revocation is never outlived by a resumption.
 */
export const TLS_PRESET = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-RSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-RSA-CHACHA20-POLY1305',
  ].join(':'),
  ecdhCurve: 'X25519MLKEM768:X25519:P-256:P-384',
  honorCipherOrder: true,
  secureOptions: constants.SSL_OP_NO_TICKET | constants.SSL_OP_NO_RENEGOTIATION,
} as const satisfies SecureContextOptions

/**
 * Options of a server that asks for a client certificate. It does not refuse at the handshake: some paths are open
 * (openapi.json, health, tiles), and the others answer with a problem that names the cause.
 */
export function serverTlsOptions(material: TlsMaterial): TlsOptions {
  return { ...TLS_PRESET, ...material, requestCert: true, rejectUnauthorized: false }
}

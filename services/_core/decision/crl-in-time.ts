import { fail } from '#core/failure.ts'
import type { Epoch } from './epoch.ts'

/**
 * Nobody is verified by a list of revocations that may have been overtaken: from its `nextUpdate` on, and without any, `OPS_CONTROL`
 * stops the line until control has a fresh one (RFC 5280 §5.1.2.5). `at` in ms.
 */
export function requireCrlInTime({ crlUntil }: Pick<Epoch, 'crlUntil'>, at: number): void {
  if (crlUntil === undefined) return
  if (crlUntil === null || at >= crlUntil) fail('OPS_CONTROL', 'pki/crl.pem', 'CRL is stale')
}

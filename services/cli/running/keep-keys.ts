/**
 * Keys that live by the calendar (design §7): a fresh intake key before the last one ends, a fresh CRL, and the end of intake
 * and transit keys whose time is over. Runs at start and every hour; what it publishes goes through control.
 */

import { issueCrl } from '#adapters/pki/issue-crl.ts'
import { systemPkiPorts } from '#adapters/pki/system-pki-ports.ts'
import { LIMITS } from '#core/limits.ts'
import { readCa } from '#core/message/certificate.ts'
import { readCrl, requireCurrentCrl } from '#core/message/crl.ts'
import { applyChange, prepareChange } from '../apply-to-control.ts'
import { readAuthority } from '../first-time/authority.ts'
import { makeIntakeKeys } from '../first-time/service-keys.ts'
import type { Store } from '../open-store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** A sender that fetched a key must still have half a day to use it. */
const RENEW_INTAKE_MS = 12 * HOUR_MS
const RENEW_CRL_MS = 7 * DAY_MS

export async function keepKeysOnce(store: Store): Promise<void> {
  const changes = new Map<string, Uint8Array>()
  const now = store.clock.now()
  const pki = systemPkiPorts(store.clock, store.random)
  const { epoch } = await store.control.refresh()
  if (!epoch.intakeKeys.some((key) => key.from <= now && key.until > now + RENEW_INTAKE_MS)) {
    const made = makeIntakeKeys(pki, now - (now % 1000))
    await store.keys.put(made.rows)
    for (const [path, text] of made.artefacts) changes.set(path, Buffer.from(text))
  }
  const crlPem = await renewedCrl(store, now)
  if (crlPem) changes.set('pki/crl.pem', Buffer.from(crlPem))
  if (changes.size > 0)
    await applyChange(
      store,
      await prepareChange(store, { put: changes, remove: [], note: 'keys by the calendar' }),
    )
  await destroyOld(store, now)
}

async function renewedCrl(store: Store, now: number): Promise<string | undefined> {
  const bytes = await store.control.artefact('pki/crl.pem')
  const authority = await readAuthority(store.paths)
  const crl = bytes && readCrl(Buffer.from(bytes).toString('utf8'), readCa(authority.certPem))
  if (!crl || crl.nextUpdate > now + RENEW_CRL_MS) return undefined
  requireCurrentCrl(crl, Math.min(now, crl.nextUpdate - 1))
  const revoked = [...crl.serials].map((serial) => ({ serial, at: crl.thisUpdate }))
  const pki = systemPkiPorts(store.clock, store.random)
  return issueCrl(pki, authority, { number: Number.parseInt(crl.number, 16) + 1, days: 30, revoked })
}

/** Intake keys 7 days after their logged end, transit keys 8 days after their day. */
async function destroyOld(store: Store, now: number): Promise<void> {
  const intake = await store.keys.list('intake')
  const transit = await store.keys.list('transit')
  const old = [
    ...intake.filter((key) => (key.notAfter ?? now) + LIMITS.intakeKeyDestroyedAfterMs <= now),
    ...transit.filter(
      (key) => Date.parse(key.id.slice(2)) + DAY_MS + LIMITS.transitKeyDestroyedAfterMs <= now,
    ),
  ]
  if (old.length > 0) await store.keys.destroy(old.map((key) => key.id))
}

export async function keepKeys(
  store: Store,
  signal: AbortSignal,
  report: (text: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    try {
      await keepKeysOnce(store)
    } catch (error) {
      report(error instanceof Error ? error.message : 'keys by the calendar')
    }
    await store.clock.sleep(HOUR_MS, signal)
  }
}
